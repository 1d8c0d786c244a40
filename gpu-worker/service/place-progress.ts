import type { Progress } from "@lemons/shared/contract/job";
import type { Queue } from "./queue.ts";

/**
 * Waits for the turn, and reports how many of those ahead have gone.
 *
 * @returns to be called when the turn is over
 */
export function enterQueue(
  queue: Queue,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<() => void> {
  let total = 0;
  return queue.enter({
    signal,
    onPlace({ ahead }) {
      total = Math.max(total, ahead);
      onProgress({ phase: "waiting", done: total - ahead, total });
    },
  });
}
