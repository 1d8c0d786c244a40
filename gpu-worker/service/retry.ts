import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  attempts: number;
  /** Longest wait before the second attempt; doubles with every further one. */
  baseMs: number;
  signal: AbortSignal;
  /** Whether trying again can help. */
  isTransient: (error: unknown) => boolean;
}

/**
 * Tries until it works, with exponential backoff and full jitter (a random part of the wait, so
 * that many workers do not come back at once).
 *
 * @throws the last attempt's error, or the signal's reason
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  { attempts, baseMs, signal, isTransient }: RetryOptions,
): Promise<T> {
  for (let made = 1; ; made++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (made >= attempts || signal.aborted || !isTransient(error)) throw error;
    }
    await sleep(Math.random() * baseMs * 2 ** (made - 1), undefined, { signal });
  }
}
