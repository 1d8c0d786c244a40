/** Whether a caller prefers to be told where the answer will be (RFC 7240, 4.1). */
function prefersAsync(header: string | undefined): boolean {
  return /(?:^|,)\s*respond-async\s*(?:$|[,;])/i.test(header ?? "");
}

/**
 * What of a caller's preferences was honoured (RFC 7240, 3).
 *
 * @param isAsync whether the answer says only where the answer will be
 * @returns null where nothing was
 */
export function preferenceApplied(header: string | undefined, isAsync: boolean): string | null {
  const waitSeconds = preferredWaitSeconds(header);
  const applied = [
    ...(isAsync && prefersAsync(header) ? ["respond-async"] : []),
    ...(waitSeconds > 0 ? [`wait=${waitSeconds}`] : []),
  ];
  return applied.length > 0 ? applied.join(", ") : null;
}

const MAX_WAIT_SECONDS = 20;

/**
 * How long a caller prefers to wait (RFC 7240, 4.3), at most 20 seconds.
 *
 * @returns 0 where nothing is preferred, or nothing that can be read: preferences may be ignored
 */
export function preferredWaitSeconds(header: string | undefined): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(header ?? "");
  return match ? Math.min(Number(match[1]), MAX_WAIT_SECONDS) : 0;
}
