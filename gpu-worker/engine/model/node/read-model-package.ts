import { readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { type ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { ModelManifest, SharedModelManifest } from "@lemons/shared/contract/model";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { MAX_HEADS_BYTES } from "@lemons/shared/model/heads-file";
import { InputError } from "../../input-error.ts";
import { MAX_ONNX_BYTES } from "../../onnx/onnx-limits.ts";
import { type ModelPackage, modelPackageFromBytes } from "../model-package.ts";
import {
  ENCODER_FILE,
  HEADS_FILE,
  isSharedManifest,
  MANIFEST_FILE,
  modelOfListener,
  parseManifestAs,
  type SharedPackage,
  sharedPackageFromBytes,
} from "../shared-package.ts";

const ONNX_FILE = "model.onnx";

/** A manifest names every listener of a package: a thousand listeners take 150 kB. */
const MAX_MANIFEST_BYTES = 32 * 1024 * 1024;

/**
 * Reads a package folder (`model.json` beside `model.onnx`), one listener's model of a shared-encoder
 * package, or a bare `.onnx` file, which gets the default front-end and an id from its name.
 *
 * @param listener whose head of a shared-encoder package to use; may be omitted if it has only one
 * @throws InputError if something is missing, too large or inconsistent
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
        `the model belongs to the listener "${manifest.listener}", not "${listener}"`,
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
      `the package has the heads of ${listeners.length} listeners; choose one with --listener L`,
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
  return modelPackageFromBytes(onnx, await bareManifest(path, onnx));
}

async function bareManifest(path: string, onnx: Uint8Array): Promise<ModelManifest> {
  const id = ModelId.safeParse(basename(path, extname(path)).toLowerCase());
  return {
    id: id.success ? id.data : ModelId.parse("model"),
    version: await sha256Hex(onnx),
    frontEnd: DEFAULT_FRONT_END,
    input: "logmel",
    output: "logit",
  };
}

/**
 * Returns true if a path is the folder of a shared-encoder package.
 *
 * @throws InputError if it is a folder whose `model.json` is missing or not JSON
 */
export async function isSharedFolder(path: string): Promise<boolean> {
  const entry = await stat(path).catch(() => null);
  if (!entry?.isDirectory()) return false;
  return isSharedManifest(await naming(path, () => readManifestJson(path)));
}

/**
 * Reads a shared-encoder package: `encoder.onnx`, `heads.safetensors` and `model.json` in one folder.
 *
 * @throws InputError if something is missing, too large or inconsistent
 */
export function readSharedPackage(folder: string): Promise<SharedPackage> {
  return naming(folder, async () => {
    const manifest = parseManifestAs(await readManifestJson(folder), SharedModelManifest);
    const encoder = await readLimited(join(folder, ENCODER_FILE), MAX_ONNX_BYTES);
    const heads = await readLimited(join(folder, HEADS_FILE), MAX_HEADS_BYTES);
    return sharedPackageFromBytes(manifest, { encoder, heads });
  });
}

/**
 * Reads a package's `model.json` as it stands.
 *
 * @throws InputError if it is missing, too large or not JSON
 */
export async function readManifestJson(folder: string): Promise<unknown> {
  const bytes = await readLimited(join(folder, MANIFEST_FILE), MAX_MANIFEST_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InputError(`${MANIFEST_FILE} is not JSON`, { cause });
  }
}

/** @throws InputError if the file is missing or longer than the limit */
async function readLimited(path: string, limit: number): Promise<Uint8Array> {
  const name = basename(path);
  try {
    const { size } = await stat(path);
    if (size > limit) throw new InputError(`${name} has ${size} bytes; at most ${limit} are read`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name} is missing or cannot be read`, { cause: error });
  }
}

/** Runs a reader of a path and prefixes its InputErrors with the path. */
export async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  }
}
