import { canonicalJson } from "../identity/canonical-json.ts";
import { sha256Hex } from "../identity/sha256.ts";

/**
 * Returns the version of a model that consists of an encoder and a head: SHA-256 of the canonical JSON
 * of both versions. No `model.onnx` has to be written for it.
 */
export function versionOfParts(parts: {
  encoderVersion: string;
  headVersion: string;
}): Promise<string> {
  const { encoderVersion, headVersion } = parts;
  return sha256Hex(canonicalJson({ encoder: encoderVersion, head: headVersion }));
}

/** A listener's last linear layer: logit = bias + weights . features. */
export interface LinearHead {
  /** One weight per pooled feature of the encoder. */
  weights: Float32Array;
  /** A float32 value. */
  bias: number;
}

/** The most features of an encoder. */
export const MAX_FEATURES = 16_384;

/** Bytes that do not encode a head. */
export class HeadFormatError extends Error {
  override readonly name = "HeadFormatError";
}

/** Encodes a head as little-endian float32: the weights, then the bias. */
export function headBytes({ weights, bias }: LinearHead): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * (weights.length + 1));
  const view = new DataView(bytes.buffer);
  weights.forEach((weight, index) => {
    view.setFloat32(4 * index, weight, true);
  });
  view.setFloat32(4 * weights.length, bias, true);
  return bytes;
}

/**
 * Reads the bytes of {@link headBytes}.
 *
 * @throws HeadFormatError if the length fits no head, or a number is not finite
 */
export function headOfBytes(bytes: Uint8Array): LinearHead {
  const numbers = bytes.length / 4;
  if (!Number.isInteger(numbers) || numbers < 2 || numbers > MAX_FEATURES + 1) {
    throw new HeadFormatError(
      `a head cannot have ${bytes.length} bytes; use four per number, 8 to ${4 * (MAX_FEATURES + 1)} in all`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = Float32Array.from({ length: numbers }, (_, i) => view.getFloat32(4 * i, true));
  if (!values.every(Number.isFinite))
    throw new HeadFormatError("the head has a weight that is not finite");
  return { weights: values.slice(0, -1), bias: values.at(-1)! };
}

/** Returns the version of a head: SHA-256 of {@link headBytes}. */
export function headVersionOf(head: LinearHead): Promise<string> {
  return sha256Hex(headBytes(head));
}

/**
 * Returns the logit, summed in float64.
 *
 * @param features pooled features, those of the track from `start` on
 */
export function logitOfHead(
  { weights, bias }: LinearHead,
  features: Float32Array,
  start = 0,
): number {
  let sum = bias;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * features[start + i]!;
  return sum;
}
