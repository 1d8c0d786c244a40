import { setTimeout as sleep } from "node:timers/promises";
import type { ManagedProcess } from "./managed-process.ts";

const POLL_MS = 150;

/**
 * Polls an address until it answers 200.
 *
 * @throws Error if the process dies, the time is over or `signal` is aborted
 */
export async function waitForHealth(
  url: string,
  owner: ManagedProcess,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = "no answer";
  while (Date.now() < deadline) {
    const answer = fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => (response.ok ? null : `status ${response.status}`),
      (error: Error) => error.message,
    );
    const problem = await Promise.race([answer, owner.died]);
    if (problem === null) return;
    last = problem;
    await sleep(POLL_MS, undefined, signal ? { signal } : {});
  }
  throw new Error(
    `${owner.name} did not become healthy in ${timeoutMs / 1000} s (${last}); see ${owner.logFile}`,
  );
}
