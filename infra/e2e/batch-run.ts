import { setTimeout as sleep } from "node:timers/promises";
import { Batch, BatchFailureList } from "@lemons/shared/contract/batch";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { openLocalStores } from "../stack/local-stores.ts";
import type { Stack } from "../stack/stack.ts";

const POLL_MS = 700;

interface Bucket {
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string }[];
    truncated: boolean;
    cursor?: string;
  }>;
  get(key: string): Promise<{ json(): Promise<unknown> } | null>;
}

/** Creates a client for the batches of a running stack. */
export function batchClient(stack: Stack, token: string) {
  async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await fetch(new URL(path, stack.origin), {
      ...init,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) {
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }
  return {
    async begin(request: object): Promise<Batch> {
      const init = { method: "POST", body: JSON.stringify(request) };
      return Batch.parse(await ask("/v1/batches", init));
    },
    async find(id: string): Promise<Batch> {
      return Batch.parse(await ask(`/v1/batches/${id}`));
    },
    async failures(id: string): Promise<BatchFailureList["failures"]> {
      return BatchFailureList.parse(await ask(`/v1/batches/${id}/failures`)).failures;
    },
    /** Waits until a batch has ended; retries while a side is down. */
    async ended(id: string, timeoutMs: number): Promise<Batch> {
      const until = Date.now() + timeoutMs;
      let last: unknown = null;
      while (Date.now() < until) {
        try {
          // workerd never triggers schedules by itself.
          await fetch(`${stack.origin}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`, {
            signal: AbortSignal.timeout(20_000),
          });
          const batch = Batch.parse(await ask(`/v1/batches/${id}`));
          if (batch.state !== "running") return batch;
          last = batch;
        } catch (error) {
          last = error;
        }
        await sleep(POLL_MS);
      }
      throw new Error(`the batch did not end in ${timeoutMs / 1000} s: ${JSON.stringify(last)}`);
    },
  };
}

/** Reads every explanation from the store of a stopped stack, by id. */
export async function storedExplanations(
  persistTo: string,
): Promise<Map<string, PublishedExplanation>> {
  const { BUCKET, close } = await openLocalStores<unknown, Bucket>(persistTo);
  try {
    const found = new Map<string, PublishedExplanation>();
    let cursor: string | undefined;
    do {
      const page = await BUCKET.list({ prefix: "explanations/", ...(cursor ? { cursor } : {}) });
      for (const { key } of page.objects) {
        if (!key.endsWith("/explanation.json")) continue;
        const explanation = PublishedExplanation.parse(await (await BUCKET.get(key))!.json());
        found.set(explanation.id, explanation);
      }
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return found;
  } finally {
    await close();
  }
}
