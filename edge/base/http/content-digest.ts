/**
 * The SHA-256 in a `Content-Digest` header (RFC 9530, a structured-field dictionary of byte
 * sequences).
 *
 * @returns its 32 bytes, or null where there is none that can be read
 */
export function parseSha256Digest(header: string | undefined): ArrayBuffer | null {
  const match = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:$|,)/.exec(header ?? "");
  if (!match) return null;
  return Uint8Array.from(atob(match[1]!), (character) => character.charCodeAt(0)).buffer;
}
