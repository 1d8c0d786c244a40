/**
 * Whether an `If-None-Match` names an entity tag (RFC 9110, 13.1.2: weak comparison).
 *
 * @param etag with its quotes
 */
export function matchesEntityTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = (tag: string) => tag.replace(/^W\//, "");
  return ifNoneMatch.split(",").some((tag) => opaque(tag.trim()) === opaque(etag));
}
