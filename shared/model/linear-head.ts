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

/** The last linear layer of a model, one listener's own: logit = bias + weights . features. */
export interface LinearHead {
  /** One weight a pooled feature of the encoder. */
  weights: Float32Array;
  /** A float32 value. */
  bias: number;
}

/** Most features that an encoder may have. */
export const MAX_FEATURES = 16_384;

/** Bytes that are not a head. */
export class HeadFormatError extends Error {
  override readonly name = "HeadFormatError";
}

/** A head as little-endian float32: the weights, then the bias. Its SHA-256 is the head's version. */
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
 * Reads what {@link headBytes} writes.
 *
 * @throws HeadFormatError where the length fits no head, or a number is not finite
 */
export function headOfBytes(bytes: Uint8Array): LinearHead {
  const numbers = bytes.length / 4;
  if (!Number.isInteger(numbers) || numbers < 2 || numbers > MAX_FEATURES + 1) {
    throw new HeadFormatError(
      `a head has 8 to ${4 * (MAX_FEATURES + 1)} bytes, four a number; these are ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = Float32Array.from({ length: numbers }, (_, i) => view.getFloat32(4 * i, true));
  if (!values.every(Number.isFinite))
    throw new HeadFormatError("the head has a weight that is not finite");
  return { weights: values.slice(0, -1), bias: values.at(-1)! };
}

/** SHA-256 of {@link headBytes}. */
export function headVersionOf(head: LinearHead): Promise<string> {
  return sha256Hex(headBytes(head));
}

/**
 * The logit, summed in float64.
 *
 * @param features holds the pooled features of a track from `start` on
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
