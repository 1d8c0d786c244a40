const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Between attempts, before jitter: 23.6 hours in all. */
const DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  8 * HOUR_MS,
  8 * HOUR_MS,
];
const MAX_RETRY_AFTER_MS = HOUR_MS;
/** Part of a delay that chance may take away, so that what failed together does not return together. */
const JITTER = 0.2;

export const MAX_ATTEMPTS: number = DELAYS_MS.length + 1;

/**
 * How long to wait after an attempt that failed, never less than the receiver asked for, up to an hour.
 *
 * @param attempts so far, at least 1
 * @param retryAfterMs what the receiver asked for
 * @param random uniform in [0, 1)
 * @returns milliseconds; null where it was the last
 * @see https://www.standardwebhooks.com, "Deliverability and reliability"
 */
export function nextAttemptDelayMs(
  attempts: number,
  retryAfterMs: number,
  random: () => number,
): number | null {
  const delay = DELAYS_MS[attempts - 1];
  if (delay === undefined) return null;
  const jittered = Math.round(delay * (1 - JITTER * random()));
  return Math.max(jittered, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
}
