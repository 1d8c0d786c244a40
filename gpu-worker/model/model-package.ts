import { readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ModelId } from "@lemons/shared/contract/identifier";
import { ModelManifest } from "@lemons/shared/contract/model";
import { InputError } from "../input-error.ts";
import { MAX_ONNX_BYTES } from "./onnx-limits.ts";
import { readOnnx } from "./read-onnx.ts";
import { type LinearHead, sha256, splitEncoder } from "./split-encoder.ts";

/** A recommender of one listener, checked and ready to run. */
export interface ModelPackage {
  /** `encoderVersion` and `headVersion` are there exactly where the model could be split. */
  manifest: ModelManifest;
  /** The whole model, as given. */
  onnx: Uint8Array;
  /** The part up to the pooled features; null where the model does not end in a linear head. */
  encoder: { onnx: Uint8Array; features: number } | null;
  /** logit = bias + weights . features; null exactly where `encoder` is. */
  head: LinearHead | null;
}

const MAX_MANIFEST_BYTES = 1024 * 1024;
const ONNX_FILE = "model.onnx";
const MANIFEST_FILE = "model.json";

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
 * Reads a package folder (`model.json` beside `model.onnx`), or a bare `.onnx` file, which gets the
 * default front-end and an id from its name.
 *
 * @throws InputError where something is missing, too large or does not fit together
 */
export async function readModelPackage(path: string): Promise<ModelPackage> {
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    (cause: unknown) => {
      throw new InputError(`the model ${path} cannot be read: there is no such file or folder`, {
        cause,
      });
    },
  );
  try {
    if (isFolder) {
      const manifest = await manifestIn(path);
      return modelPackageFromBytes(
        await readLimited(join(path, ONNX_FILE), MAX_ONNX_BYTES),
        manifest,
      );
    }
    if (extname(path).toLowerCase() !== ".onnx") {
      throw new InputError("a model is a folder with model.json and model.onnx, or one .onnx file");
    }
    const onnx = await readLimited(path, MAX_ONNX_BYTES);
    return modelPackageFromBytes(onnx, bareManifest(path, onnx));
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Reads the manifest of a package folder alone: what it says is not checked against the model.
 *
 * @throws InputError where it is missing, too large or no manifest
 */
export async function readManifest(folder: string): Promise<ModelManifest> {
  try {
    return await manifestIn(folder);
  } catch (error) {
    if (error instanceof InputError) {
      throw new InputError(`${folder}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

async function manifestIn(folder: string): Promise<ModelManifest> {
  return parseManifest(await readLimited(join(folder, MANIFEST_FILE), MAX_MANIFEST_BYTES));
}

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

function parseManifest(bytes: Uint8Array): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InputError(`${MANIFEST_FILE} is not JSON`, { cause });
  }
  const parsed = ModelManifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(`${MANIFEST_FILE}: ${issue.path.join(".") || "manifest"}: ${issue.message}`);
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
