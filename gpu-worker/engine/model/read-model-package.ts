import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { type ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { InputError } from "../input-error.ts";
import { type ModelPackage, modelPackageFromBytes } from "./model-package.ts";
import { MAX_ONNX_BYTES } from "./onnx-limits.ts";
import { naming, parseManifestAs, readLimited, readManifestJson } from "./package-files.ts";
import { isSharedManifest, modelOfListener, readSharedPackage } from "./shared-package.ts";
import { sha256 } from "./split-encoder.ts";

const ONNX_FILE = "model.onnx";

/**
 * Reads a package folder (`model.json` beside `model.onnx`), one listener's model of a shared-encoder
 * package, or a bare `.onnx` file, which gets the default front-end and an id from its name.
 *
 * @param listener whose head of a shared-encoder package is wanted; otherwise the package's own
 *   listener, where it states one
 * @throws InputError where something is missing, too large or does not fit together
 */
export async function readModelPackage(path: string, listener?: ListenerId): Promise<ModelPackage> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    (cause: unknown) => {
      throw new InputError(`the model ${path} cannot be read: there is no such file or folder`, {
        cause,
      });
    },
  );
  if (!isFolder) return naming(path, () => readBareModel(path));
  const json = await naming(path, () => readManifestJson(path));
  if (isSharedManifest(json)) return readModelOfShared(path, listener);
  return naming(path, async () => {
    const manifest = parseManifestAs(json, ModelManifest);
    if (listener !== undefined && listener !== (manifest.listener ?? listener)) {
      throw new InputError(
        `the model is of the listener "${manifest.listener}", not "${listener}"`,
      );
    }
    return modelPackageFromBytes(
      await readLimited(join(path, ONNX_FILE), MAX_ONNX_BYTES),
      manifest,
    );
  });
}

async function readModelOfShared(path: string, listener?: ListenerId): Promise<ModelPackage> {
  const shared = await readSharedPackage(path);
  return naming(path, async () => {
    if (listener !== undefined) return modelOfListener(shared, listener);
    const { listeners } = shared.manifest;
    if (listeners.length === 1) return modelOfListener(shared, listeners[0]!.listener);
    throw new InputError(
      `the package has the heads of ${listeners.length} listeners; say whose is meant: --listener L`,
    );
  });
}

async function readBareModel(path: string): Promise<ModelPackage> {
  if (extname(path).toLowerCase() !== ".onnx") {
    throw new InputError(
      "a model is a folder with model.json and model.onnx, one with model.json, encoder.onnx and heads.safetensors, or one .onnx file",
    );
  }
  const onnx = await readLimited(path, MAX_ONNX_BYTES);
  return modelPackageFromBytes(onnx, bareManifest(path, onnx));
}

function bareManifest(path: string, onnx: Uint8Array): ModelManifest {
  const id = ModelId.safeParse(basename(path, extname(path)).toLowerCase());
  return {
    id: id.success ? id.data : "model",
    version: sha256(onnx),
    frontEnd: DEFAULT_FRONT_END,
    input: "logmel",
    output: "logit",
  };
}
