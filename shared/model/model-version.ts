import { canonicalJson } from "../identity/canonical-json.ts";
import { sha256Hex } from "../identity/sha256.ts";

/**
 * Version of a model that consists of an encoder and a head instead of one file: SHA-256 of the
 * canonical JSON of both versions. It needs no `model.onnx` to be written, and a new head of the same
 * encoder is a new version.
 */
export function versionOfParts(parts: {
  encoderVersion: string;
  headVersion: string;
}): Promise<string> {
  const { encoderVersion, headVersion } = parts;
  return sha256Hex(canonicalJson({ encoder: encoderVersion, head: headVersion }));
}
