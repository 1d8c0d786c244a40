import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { headBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import { InputError } from "../input-error.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { checkModelMemory } from "./model-memory.ts";
import { readEncoder, type SplitEncoder, splitEncoder } from "./split-encoder.ts";

/** A recommender of one listener, checked and ready to run. Has a model, an encoder, or both. */
export interface ModelPackage {
  /** `encoderVersion` and `headVersion` are set exactly if the model was split. */
  manifest: ModelManifest;
  /** The whole model; null if encoder and head were given separately (`composeOnnx` joins them). */
  onnx: Uint8Array | null;
  /** The part up to the pooled features; null if the model doesn't end in a linear head. */
  encoder: SplitEncoder | null;
  /** logit = bias + weights . features; null exactly if `encoder` is. */
  head: LinearHead | null;
}

/** The part of a package that needs no head. */
export interface EncoderPackage extends Pick<ModelPackage, "encoder"> {
  manifest: Pick<ModelManifest, "version" | "encoderVersion" | "frontEnd">;
}

/**
 * Checks a model against its manifest and splits it into encoder and head.
 *
 * @throws InputError if the bytes are not the manifest's version, not a model of its signature, need too
 *   much memory, or split into another encoder or head than it states
 */
export async function modelPackageFromBytes(
  onnx: Uint8Array,
  manifest: ModelManifest,
): Promise<ModelPackage> {
  const version = await sha256Hex(onnx);
  if (version !== manifest.version) {
    throw new InputError(
      `the model "${manifest.id}" is not the version that its manifest states: its SHA-256 is ${version}, not ${manifest.version}`,
    );
  }
  const { input, output, frontEnd } = manifest;
  const model = readOnnx(onnx, { input, output, bands: frontEnd.nMels });
  checkModelMemory(model, frontEnd);
  const split = splitEncoder(model);
  const { encoderVersion: statedEncoder, headVersion: statedHead, ...rest } = manifest;
  if (!split) return { manifest: rest, onnx, encoder: null, head: null };
  const { encoder, head } = split;
  const encoderVersion = await sha256Hex(encoder.onnx);
  const headVersion = await sha256Hex(headBytes(head));
  if ((statedEncoder ?? encoderVersion) !== encoderVersion) {
    throw new InputError(
      `the encoder of the model "${manifest.id}" has the version ${encoderVersion}, its manifest states ${statedEncoder}`,
    );
  }
  if ((statedHead ?? headVersion) !== headVersion) {
    throw new InputError(
      `the head of the model "${manifest.id}" has the version ${headVersion}, its manifest states ${statedHead}`,
    );
  }
  return { manifest: { ...rest, encoderVersion, headVersion }, onnx, encoder, head };
}

/**
 * Checks an encoder.
 *
 * @throws InputError if the bytes are not that version, or not an encoder in canonical form
 */
export async function encoderPackageFromBytes(
  onnx: Uint8Array,
  { version, frontEnd }: { version: Sha256; frontEnd: FrontEnd },
): Promise<EncoderPackage & { encoder: SplitEncoder }> {
  const { version: found, ...encoder } = await readEncoder(onnx, frontEnd);
  if (found !== version) {
    throw new InputError(`the encoder has the version ${found}, not the requested ${version}`);
  }
  return { manifest: { version, encoderVersion: version, frontEnd }, encoder };
}

/**
 * Joins an encoder and a head, and checks the head against the manifest of the model that they make.
 *
 * @param encoder of the version that the manifest states
 * @throws InputError if the head is not the manifest's version, or doesn't fit the encoder
 */
export async function modelPackageFromParts(
  manifest: ModelManifest,
  encoder: SplitEncoder,
  head: LinearHead,
): Promise<ModelPackage> {
  const { headVersion, id } = manifest;
  const found = await sha256Hex(headBytes(head));
  if (found !== headVersion) {
    throw new InputError(
      `the head of the model "${id}" has the version ${found}, its manifest states ${headVersion}`,
    );
  }
  if (head.weights.length !== encoder.features) {
    throw new InputError(
      `the head of the model "${id}" has ${head.weights.length} weights, its encoder ${encoder.features} features`,
    );
  }
  return { manifest, onnx: null, encoder, head };
}
