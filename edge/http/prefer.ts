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
