import { canonicalJson } from "./canonical-json.ts";
import { sha256Hex } from "./sha256.ts";

/**
 * Names the sound of a track that is the sum of its true stems: SHA-256 over the canonical JSON of
 * each source's file hash. It takes the place of the audio file's hash wherever stems are heard.
 *
 * @param stems SHA-256 of each source's file, by source
 */
export function stemsHash(stems: Readonly<Record<string, string>>): Promise<string> {
  return sha256Hex(canonicalJson(stems));
}
