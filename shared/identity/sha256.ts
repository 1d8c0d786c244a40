/** The Web Crypto API in use, which Node, Workers and browsers provide. */
interface DigestingCrypto {
  subtle: { digest(algorithm: "SHA-256", data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
}

/** The platform's UTF-8 encoder. */
interface Utf8Encoding {
  TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
}

/**
 * Computes the SHA-256 of bytes, or of a text in UTF-8.
 *
 * @returns 64 lower-case hexadecimal digits
 */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const platform = globalThis as unknown as { crypto: DigestingCrypto } & Utf8Encoding;
  const bytes =
    typeof data === "string" ? new platform.TextEncoder().encode(data) : new Uint8Array(data);
  const digest = await platform.crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Computes the hash of a track that is the sum of its true stems, in place of an audio file's hash:
 * SHA-256 over one line `<source> <sha256 of its file>` per stem, sorted, each ended by a newline.
 *
 * @param stems SHA-256 of each source's file, by source
 * @returns 64 lower-case hexadecimal digits
 */
export function stemsHash(stems: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(stems).map(([source, sha256]) => `${source} ${sha256}\n`);
  return sha256Hex(lines.sort().join(""));
}
