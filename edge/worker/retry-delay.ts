const BASE_MS = 1000;
const CAP_MS = 60_000;
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Returns how long to wait before the next attempt: exponential back-off with full jitter, on top of
 * the Retry-After of the response, so that callers who were refused together don't return together.
 *
 * @param failures attempts that have failed in a row, at least 1
 * @param retryAfterMs the Retry-After of the response
 * @param random uniform in [0, 1)
 * @returns milliseconds
 * @see M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export function retryDelayMs(failures: number, retryAfterMs: number, random: () => number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** failures);
  return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) + Math.round(random() * ceiling);
}

/**
 * Reads `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @returns milliseconds from now; 0 if it is missing or malformed
 */
export function parseRetryAfter(header: string | null, now: Date): number {
  if (header === null) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now.getTime());
}
