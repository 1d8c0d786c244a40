/** The part of the Web Crypto API that is needed here; Node, Workers and browsers all have it. */
interface DigestingCrypto {
  subtle: { digest(algorithm: "SHA-256", data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> };
}

/** UTF-8 encoder of the platform. */
interface Utf8Encoding {
  TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
}

/**
 * SHA-256 of some bytes, or of a text in UTF-8.
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
 * Names the sound of a track that is the sum of its true stems: SHA-256 over one line
 * `<source> <sha256 of its file>` a stem, sorted, each ended by a newline. It takes the place of the
 * audio file's hash wherever stems are what is heard.
 *
 * @param stems SHA-256 of each source's file, by source
 * @returns 64 lower-case hexadecimal digits
 */
export function stemsHash(stems: Readonly<Record<string, string>>): Promise<string> {
  const lines = Object.entries(stems).map(([source, sha256]) => `${source} ${sha256}\n`);
  return sha256Hex(lines.sort().join(""));
}
