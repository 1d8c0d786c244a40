import { sha256Hex } from "./sha256.ts";

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
