import { setTimeout } from "node:timers/promises";
import type { ManagedProcess } from "./managed-process.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A side that ran this long before it ended starts with the shortest pause again. */
const STEADY_MS = 60_000;
const MAX_DEATHS_IN_A_ROW = 6;

/** One side of the stack. */
export interface SupervisedSide {
  current(): ManagedProcess;
  /** Starts it anew; rejects if it doesn't become healthy. */
  restart(): Promise<void>;
}

/**
 * Restarts a side whenever it ends by itself, after pauses that double.
 *
 * @param onDeath is given the reason each time
 * @param pause waits for a number of milliseconds
 * @returns once `signal` is aborted
 * @throws Error of the last death if it ends six times in a row, each time within a minute
 */
export async function supervise(
  side: SupervisedSide,
  onDeath: (reason: string) => void,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void> = (ms) => setTimeout(ms, undefined, { ref: false }),
): Promise<void> {
  let deaths = 0;
  let startedAt = Date.now();
  let starting: Promise<void> = Promise.resolve();
  const aborted = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  for (;;) {
    const failed = starting.then(
      () => side.current().died,
      (error: Error) => Promise.reject(error),
    );
    const death = await Promise.race([failed.catch((error: Error) => error), aborted]);
    if (death === null || signal.aborted) return;
    if (Date.now() - startedAt > STEADY_MS) deaths = 0;
    if (++deaths === MAX_DEATHS_IN_A_ROW) throw death;
    onDeath(death.message);
    const delayMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (deaths - 1));
    await Promise.race([pause(delayMs), aborted]);
    if (signal.aborted) return;
    startedAt = Date.now();
    starting = side.restart();
  }
}
