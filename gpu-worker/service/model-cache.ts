import {
  type ModelPackage,
  modelPackageFromBytes,
  readModelPackage,
} from "../model/model-package.ts";
import { about } from "./about.ts";
import type { ModelSource } from "./compute-messages.ts";
import { unshared } from "./decode-sound.ts";

/** Checked models kept ready: as many as one request to score may name. */
const MODELS_KEPT = 256;

/** The models of earlier tasks, so that each is checked and split once. */
export function createModelCache(): (model: ModelSource) => Promise<ModelPackage> {
  const kept = new Map<string, ModelPackage>();
  return async (source) => {
    const isPath = typeof source === "string";
    const key = isPath ? source : `${source.manifest.id} ${source.manifest.version}`;
    const model =
      kept.get(key) ??
      (await about("model", () =>
        isPath
          ? readModelPackage(source)
          : modelPackageFromBytes(unshared(source.onnx), source.manifest),
      ));
    kept.delete(key);
    kept.set(key, model);
    if (kept.size > MODELS_KEPT) kept.delete(kept.keys().next().value!);
    return model;
  };
}
