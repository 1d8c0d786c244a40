import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import {
  type ModelManifest,
  SharedModelManifest,
  sharedModelId,
} from "@lemons/shared/contract/model";
import {
  decodeHeads,
  encodeHeads,
  type Heads,
  MAX_HEADS_BYTES,
} from "@lemons/shared/model/heads-file";
import {
  HeadFormatError,
  headBytes,
  headOfBytes,
  type LinearHead,
  versionOfParts,
} from "@lemons/shared/model/linear-head";
import { InputError } from "../input-error.ts";
import { nearest } from "../nearest.ts";
import type { ModelPackage } from "./model-package.ts";
import { MAX_ONNX_BYTES } from "./onnx-limits.ts";
import { naming, parseManifestAs, readLimited, readManifestJson } from "./package-files.ts";
import { type Encoder, readEncoder } from "./read-encoder.ts";
import { sha256 } from "./split-encoder.ts";

const ENCODER_FILE = "encoder.onnx";
const HEADS_FILE = "heads.safetensors";

/** One encoder with a head for each of many listeners, checked and ready to run. */
export interface SharedPackage {
  manifest: SharedModelManifest;
  encoder: Encoder;
  /** Row r is the head of `manifest.listeners[r]`. */
  heads: Heads;
}

/** Whether a `model.json` is that of a shared-encoder package: one listener's has no `format`. */
export function isSharedManifest(json: unknown): boolean {
  return typeof json === "object" && json !== null && "format" in json;
}

/**
 * Whether a path is the folder of a shared-encoder package.
 *
 * @throws InputError where it is a folder whose `model.json` is missing or not JSON
 */
export async function isSharedFolder(path: string): Promise<boolean> {
  const entry = await stat(path).catch(() => null);
  if (!entry?.isDirectory()) return false;
  return isSharedManifest(await naming(path, () => readManifestJson(path)));
}

/**
 * Checks an encoder and its heads against their manifest.
 *
 * @throws InputError where they are not the versions that the manifest names, or do not fit together
 */
export function sharedPackageFromBytes(
  manifest: SharedModelManifest,
  files: { encoder: Uint8Array; heads: Uint8Array },
): SharedPackage {
  const { id, encoderVersion, features, listeners, frontEnd } = manifest;
  const { version, ...encoder } = readEncoder(files.encoder, frontEnd.nMels);
  if (version !== encoderVersion) {
    throw new InputError(
      `the encoder of "${id}" has the version ${version}, its manifest says ${encoderVersion}`,
    );
  }
  const heads = readHeads(files.heads);
  if (encoder.features !== features || heads.features !== features) {
    throw new InputError(
      `the manifest of "${id}" says ${features} features, its encoder has ${encoder.features}, its heads have ${heads.features}`,
    );
  }
  if (heads.listeners !== listeners.length) {
    throw new InputError(
      `the manifest of "${id}" names ${listeners.length} listeners, ${HEADS_FILE} has ${heads.listeners} rows`,
    );
  }
  for (const [row, { listener, headVersion }] of listeners.entries()) {
    const found = sha256(heads.bytesOf(row));
    if (found === headVersion) continue;
    throw new InputError(
      `the head of "${listener}" in row ${row} has the version ${found}, the manifest of "${id}" says ${headVersion}`,
    );
  }
  return { manifest, encoder, heads };
}

function readHeads(bytes: Uint8Array): Heads {
  try {
    return decodeHeads(bytes);
  } catch (error) {
    if (!(error instanceof HeadFormatError)) throw error;
    throw new InputError(`${HEADS_FILE}: ${error.message}`, { cause: error });
  }
}

/**
 * Reads a shared-encoder package: `encoder.onnx`, `heads.safetensors` and `model.json` in one folder.
 *
 * @throws InputError where something is missing, too large or does not fit together
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
 * The model of one listener of a package, as good as one of its own.
 *
 * @throws InputError where the package has no head for the listener; it names the nearest
 */
export async function modelOfListener(
  { manifest, encoder, heads }: SharedPackage,
  listener: ListenerId,
): Promise<ModelPackage> {
  const row = manifest.listeners.findIndex((each) => each.listener === listener);
  if (row === -1) {
    const known = manifest.listeners.map((each) => each.listener);
    throw new InputError(
      `the package "${manifest.id}" has no head for the listener "${listener}"; the nearest is "${nearest(listener, known)}"`,
    );
  }
  return {
    manifest: await manifestOfHead(manifest, row),
    onnx: null,
    encoder,
    head: headOfBytes(heads.bytesOf(row)),
  };
}

/** The manifest of the model that a head is, as a package of its own would have it. */
export async function manifestOfHead(
  { id, encoderVersion, frontEnd, trainedWith, listeners }: SharedModelManifest,
  row: number,
): Promise<ModelManifest> {
  const { listener, headVersion, metrics } = listeners[row]!;
  return {
    id: sharedModelId(id, listener),
    listener,
    version: await versionOfParts({ encoderVersion, headVersion }),
    package: id,
    encoderVersion,
    headVersion,
    frontEnd,
    input: "logmel",
    output: "logit",
    ...(trainedWith === undefined ? {} : { trainedWith }),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

/** What a shared-encoder package is written from. */
export interface SharedPackageParts
  extends Pick<SharedModelManifest, "id" | "frontEnd" | "trainedWith" | "training"> {
  /** In canonical form. */
  encoder: Uint8Array;
  listeners: readonly (Pick<SharedModelManifest["listeners"][number], "listener" | "metrics"> & {
    head: LinearHead;
  })[];
}

/**
 * The files of a shared-encoder package, the manifest last: where that lies, the rest does too.
 *
 * @throws InputError where the parts do not make a package that can be read again
 */
export function sharedPackageFiles(
  parts: SharedPackageParts,
): { name: string; content: Uint8Array | string }[] {
  const { encoder, listeners, ...described } = parts;
  const heads = encodeHeads(listeners.map(({ head }) => head));
  const manifest = parseManifestAs(
    {
      format: "shared-encoder",
      ...described,
      encoderVersion: sha256(encoder),
      features: listeners[0]!.head.weights.length,
      listeners: listeners.map(({ listener, head, metrics }) => ({
        listener,
        headVersion: sha256(headBytes(head)),
        ...(metrics === undefined ? {} : { metrics }),
      })),
    },
    SharedModelManifest,
  );
  sharedPackageFromBytes(manifest, { encoder, heads });
  return [
    { name: ENCODER_FILE, content: encoder },
    { name: HEADS_FILE, content: heads },
    { name: "model.json", content: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
}
