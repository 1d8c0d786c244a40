import { InputError } from "../input-error.ts";
import { canonicalOnnx } from "./canonical-graph.ts";
import { readOnnx } from "./read-onnx.ts";
import { sha256 } from "./split-encoder.ts";

/** The part of a model that many listeners share: input `logmel`, output `features`. */
export interface Encoder {
  onnx: Uint8Array;
  /** Numbers that it pools a track to. */
  features: number;
}

/**
 * Reads an encoder that is not trusted. It must be in the one form that all exports of it can be
 * brought to, so that its hash names the computation: as splitting a model, or training, writes it.
 *
 * @param bands of the spectrogram
 * @throws InputError saying what is wrong
 */
export function readEncoder(onnx: Uint8Array, bands: number): Encoder & { version: string } {
  const model = readOnnx(onnx, { input: "logmel", output: "features", bands, outputs: null });
  const features = model.outputs;
  if (features === null) {
    throw new InputError('the encoder does not say how many "features" it answers with');
  }
  const canonical = canonicalOnnx(model, {
    tensor: "features",
    name: "features",
    shape: ["batch", features],
  });
  if (Buffer.compare(canonical, onnx) !== 0) {
    throw new InputError(
      "the encoder is not in canonical form: write it with lemons train, or split a model.onnx",
    );
  }
  return { onnx, features, version: sha256(onnx) };
}
