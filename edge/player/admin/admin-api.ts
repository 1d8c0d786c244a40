import type { Batch, BatchFailureList, BatchList } from "@lemons/shared/contract/batch";
import type { Problem } from "@lemons/shared/contract/problem";
import type { Usage } from "@lemons/shared/contract/usage";

/** A key that is not enough, or none any more. */
export class KeyRefused extends Error {
  override readonly name = "KeyRefused";
}

/** What the page shows. */
export interface Overview {
  usage: Usage;
  batches: Batch[];
}

/** The part of the HTTP API that is for administrators. */
export interface AdminApi {
  overview(signal: AbortSignal): Promise<Overview>;
  failures(batch: string, signal: AbortSignal): Promise<BatchFailureList>;
  begin(): Promise<Batch>;
  change(batch: string, how: "retry" | "cancel"): Promise<Batch>;
}

/** The API of the page's own origin, whose answers keep the contract. */
export function createAdminApi(key: string): AdminApi {
  async function ask<Answer>(path: string, options: RequestInit = {}): Promise<Answer> {
    const response = await fetch(path, {
      ...options,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    });
    if (response.ok) return (await response.json()) as Answer;
    const problem = (await response.json().catch(() => null)) as Problem | null;
    const detail = problem?.detail ?? `The service answered ${response.status}.`;
    if (response.status === 401 || response.status === 403) throw new KeyRefused(detail);
    throw new Error(detail);
  }
  const order = (path: string) => ask<Batch>(path, { method: "POST", body: "{}" });
  return {
    async overview(signal) {
      const [usage, list] = await Promise.all([
        ask<Usage>("/v1/usage", { signal }),
        ask<BatchList>("/v1/batches?limit=20", { signal }),
      ]);
      return { usage, batches: list.batches };
    },
    failures: (batch, signal) =>
      ask<BatchFailureList>(`/v1/batches/${batch}/failures?limit=50`, { signal }),
    begin: () => order("/v1/batches"),
    change: (batch, how) => order(`/v1/batches/${batch}/${how}`),
  };
}
