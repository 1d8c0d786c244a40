import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import { headBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import { InputError } from "../input-error.ts";
import { type Encoder, readEncoder } from "./read-encoder.ts";
import { readOnnx } from "./read-onnx.ts";
import { sha256, splitEncoder } from "./split-encoder.ts";

/** A recommender of one listener, checked and ready to run. At least one of model and encoder is there. */
export interface ModelPackage {
  /** `encoderVersion` and `headVersion` are there exactly where the model could be split. */
  manifest: ModelManifest;
  /** The whole model as given; null where encoder and head were given apart (`composeOnnx` joins them). */
  onnx: Uint8Array | null;
  /** The part up to the pooled features; null where the model does not end in a linear head. */
  encoder: Encoder | null;
  /** logit = bias + weights . features; null exactly where `encoder` is. */
  head: LinearHead | null;
}

/** What can be computed without any head. */
export interface EncoderPackage extends Pick<ModelPackage, "encoder"> {
  manifest: Pick<ModelManifest, "version" | "encoderVersion" | "frontEnd">;
}

/**
 * Checks a model against its manifest and splits it into encoder and head.
 *
 * @throws InputError where the bytes are not the version that the manifest names, are not a model of
 *   its signature, or split into another encoder or head than it names
 */
export function modelPackageFromBytes(onnx: Uint8Array, manifest: ModelManifest): ModelPackage {
  const version = sha256(onnx);
  if (version !== manifest.version) {
    throw new InputError(
      `the model "${manifest.id}" is not the version that its manifest names: its SHA-256 is ${version}, not ${manifest.version}`,
    );
  }
  const { input, output, frontEnd } = manifest;
  const split = splitEncoder(readOnnx(onnx, { input, output, bands: frontEnd.nMels }));
  const { encoderVersion: statedEncoder, headVersion: statedHead, ...rest } = manifest;
  if (!split) return { manifest: rest, onnx, encoder: null, head: null };
  const { encoder, encoderVersion, head, headVersion } = split;
  if ((statedEncoder ?? encoderVersion) !== encoderVersion) {
    throw new InputError(
      `the encoder of the model "${manifest.id}" has the version ${encoderVersion}, its manifest says ${statedEncoder}`,
    );
  }
  if ((statedHead ?? headVersion) !== headVersion) {
    throw new InputError(
      `the head of the model "${manifest.id}" has the version ${headVersion}, its manifest says ${statedHead}`,
    );
  }
  return { manifest: { ...rest, encoderVersion, headVersion }, onnx, encoder, head };
}

/**
 * Checks an encoder.
 *
 * @throws InputError where the bytes are not the version named, or not an encoder in canonical form
 */
export function encoderPackageFromBytes(
  onnx: Uint8Array,
  { version, frontEnd }: { version: Sha256; frontEnd: FrontEnd },
): EncoderPackage & { encoder: Encoder } {
  const { version: found, ...encoder } = readEncoder(onnx, frontEnd.nMels);
  if (found !== version) {
    throw new InputError(`the encoder has the version ${found}, asked for was ${version}`);
  }
  return { manifest: { version, encoderVersion: version, frontEnd }, encoder };
}

/**
 * Checks a head against the manifest of the model that it is with an encoder.
 *
 * @param encoder of the version that the manifest names
 * @throws InputError where the head is not the version that the manifest names, or does not fit
 */
export function modelPackageFromParts(
  manifest: ModelManifest,
  encoder: Encoder,
  head: LinearHead,
): ModelPackage {
  const { headVersion, id } = manifest;
  const found = sha256(headBytes(head));
  if (found !== headVersion) {
    throw new InputError(
      `the head of the model "${id}" has the version ${found}, its manifest says ${headVersion}`,
    );
  }
  if (head.weights.length !== encoder.features) {
    throw new InputError(
      `the head of the model "${id}" has ${head.weights.length} weights, its encoder ${encoder.features} features`,
    );
  }
  return { manifest, onnx: null, encoder, head };
}
