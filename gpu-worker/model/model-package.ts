import { createHash } from "node:crypto";
import type { ModelManifest } from "@lemons/shared/contract/model";

/** A recommender of one listener, checked and ready to run. */
export interface ModelPackage {
  /** `encoderVersion` and `headVersion` are there exactly where the model could be split. */
  manifest: ModelManifest;
  /** The whole model. */
  onnx: Uint8Array;
  /** The part up to the pooled features; null where the model does not end in a linear head. */
  encoder: { onnx: Uint8Array; features: number } | null;
  /** logit = bias + weights . features; null exactly where `encoder` is. */
  head: { weights: Float32Array; bias: number } | null;
}

/** Reads a package folder (model.json and model.onnx) or a bare `.onnx`. @throws InputError */
export async function readModelPackage(path: string): Promise<ModelPackage> {
  throw new Error(`not built yet: ${path}`);
}

/** Checks the bytes against the manifest and splits the model. @throws InputError */
export function modelPackageFromBytes(onnx: Uint8Array, manifest: ModelManifest): ModelPackage {
  const version = createHash("sha256").update(onnx).digest("hex");
  return { manifest: { ...manifest, version }, onnx, encoder: null, head: null };
}
