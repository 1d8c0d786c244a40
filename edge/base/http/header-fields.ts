/**
 * Parses the SHA-256 of a `Content-Digest` header (RFC 9530, a structured-field dictionary of byte
 * sequences).
 *
 * @returns its 32 bytes, or null if the header has no valid one
 */
export function parseSha256Digest(header: string | undefined): ArrayBuffer | null {
  const match = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:$|,)/.exec(header ?? "");
  if (!match) return null;
  return Uint8Array.from(atob(match[1]!), (character) => character.charCodeAt(0)).buffer;
}

/**
 * Returns true if an `If-None-Match` header names an entity tag (RFC 9110, 13.1.2: weak comparison).
 *
 * @param etag with its quotes
 */
export function matchesEntityTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = (tag: string) => tag.replace(/^W\//, "");
  return ifNoneMatch.split(",").some((tag) => opaque(tag.trim()) === opaque(etag));
}

const MAX_WAIT_SECONDS = 20;

/**
 * Parses how long a caller prefers to wait (`Prefer: wait`, RFC 7240, 4.3), at most 20 seconds.
 *
 * @returns 0 without a valid preference: RFC 7240 lets servers ignore preferences
 */
export function preferredWaitSeconds(header: string | undefined): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(header ?? "");
  return match ? Math.min(Number(match[1]), MAX_WAIT_SECONDS) : 0;
}

/** Returns true if a caller prefers a 202 over waiting for the result (RFC 7240, 4.1). */
function prefersAsync(header: string | undefined): boolean {
  return /(?:^|,)\s*respond-async\s*(?:$|[,;])/i.test(header ?? "");
}

/**
 * Returns the `Preference-Applied` header of a response (RFC 7240, 3).
 *
 * @param isAsync true for a 202, which only names the result's URL
 * @returns null if no preference was applied
 */
export function preferenceApplied(header: string | undefined, isAsync: boolean): string | null {
  const waitSeconds = preferredWaitSeconds(header);
  const applied = [
    ...(isAsync && prefersAsync(header) ? ["respond-async"] : []),
    ...(waitSeconds > 0 ? [`wait=${waitSeconds}`] : []),
  ];
  return applied.length > 0 ? applied.join(", ") : null;
}
