import type { ListenerId } from "@lemons/shared/contract/identifier";
import { SharedModelManifest } from "@lemons/shared/contract/model";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { manifestOfHead } from "@lemons/shared/model/head-manifest";
import { decodeHeads, encodeHeads, type Heads } from "@lemons/shared/model/heads-file";
import {
  HeadFormatError,
  headBytes,
  headOfBytes,
  type LinearHead,
} from "@lemons/shared/model/linear-head";
import type { z } from "zod";
import { InputError } from "../input-error.ts";
import { nearest } from "../nearest.ts";
import type { ModelPackage } from "./model-package.ts";
import { readEncoder, type SplitEncoder } from "./split-encoder.ts";

export const ENCODER_FILE = "encoder.onnx";
export const HEADS_FILE = "heads.safetensors";
export const MANIFEST_FILE = "model.json";

/** One encoder with a head for each of many listeners, checked and ready to run. */
export interface SharedPackage {
  manifest: SharedModelManifest;
  encoder: SplitEncoder;
  /** Row r is the head of `manifest.listeners[r]`. */
  heads: Heads;
}

/** Returns true if a `model.json` belongs to a shared-encoder package; other manifests have no `format`. */
export function isSharedManifest(json: unknown): boolean {
  return typeof json === "object" && json !== null && "format" in json;
}

/** @throws InputError naming the first field that breaks the contract */
export function parseManifestAs<Schema extends z.ZodType>(
  json: unknown,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(`${MANIFEST_FILE}: ${issue.path.join(".") || "manifest"}: ${issue.message}`);
}

/**
 * Checks an encoder and its heads against their manifest.
 *
 * @throws InputError if they are not the manifest's versions, or don't fit together
 */
export async function sharedPackageFromBytes(
  manifest: SharedModelManifest,
  files: { encoder: Uint8Array; heads: Uint8Array },
): Promise<SharedPackage> {
  const { id, encoderVersion, features, listeners, frontEnd } = manifest;
  const { version, ...encoder } = await readEncoder(files.encoder, frontEnd);
  if (version !== encoderVersion) {
    throw new InputError(
      `the encoder of "${id}" has the version ${version}, its manifest states ${encoderVersion}`,
    );
  }
  const heads = readHeads(files.heads);
  if (encoder.features !== features || heads.features !== features) {
    throw new InputError(
      `the manifest of "${id}" states ${features} features, its encoder has ${encoder.features}, its heads have ${heads.features}`,
    );
  }
  if (heads.listeners !== listeners.length) {
    throw new InputError(
      `the manifest of "${id}" names ${listeners.length} listeners, ${HEADS_FILE} has ${heads.listeners} rows`,
    );
  }
  for (const [row, { listener, headVersion }] of listeners.entries()) {
    const found = await sha256Hex(heads.bytesOf(row));
    if (found === headVersion) continue;
    throw new InputError(
      `the head of "${listener}" in row ${row} has the version ${found}, the manifest of "${id}" states ${headVersion}`,
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
 * Returns the model of one listener of a package.
 *
 * @throws InputError if the package has no head for the listener; it suggests the nearest name
 */
export async function modelOfListener(
  { manifest, encoder, heads }: SharedPackage,
  listener: ListenerId,
): Promise<ModelPackage> {
  const row = manifest.listeners.findIndex((each) => each.listener === listener);
  if (row === -1) {
    const names = manifest.listeners.map((each) => each.listener);
    throw new InputError(
      `the package "${manifest.id}" has no head for the listener "${listener}"; the nearest is "${nearest(listener, names)}"`,
    );
  }
  return {
    manifest: await manifestOfHead(manifest, row),
    onnx: null,
    encoder,
    head: headOfBytes(heads.bytesOf(row)),
  };
}

/** The parts that a shared-encoder package is written from. */
export interface SharedPackageParts
  extends Pick<SharedModelManifest, "id" | "frontEnd" | "trainedWith" | "training"> {
  /** In canonical form. */
  encoder: Uint8Array;
  listeners: readonly (Pick<SharedModelManifest["listeners"][number], "listener" | "metrics"> & {
    head: LinearHead;
  })[];
}

/**
 * Returns the files of a shared-encoder package. The manifest comes last, so a folder with a manifest
 * is complete.
 *
 * @throws InputError if the parts don't make a package that can be read again
 */
export async function sharedPackageFiles(
  parts: SharedPackageParts,
): Promise<{ name: string; content: Uint8Array | string }[]> {
  const { encoder, listeners, ...described } = parts;
  const heads = encodeHeads(listeners.map(({ head }) => head));
  const manifest = parseManifestAs(
    {
      format: "shared-encoder",
      ...described,
      encoderVersion: await sha256Hex(encoder),
      features: listeners[0]!.head.weights.length,
      listeners: await Promise.all(
        listeners.map(async ({ listener, head, metrics }) => ({
          listener,
          headVersion: await sha256Hex(headBytes(head)),
          ...(metrics === undefined ? {} : { metrics }),
        })),
      ),
    },
    SharedModelManifest,
  );
  await sharedPackageFromBytes(manifest, { encoder, heads });
  return [
    { name: ENCODER_FILE, content: encoder },
    { name: HEADS_FILE, content: heads },
    { name: MANIFEST_FILE, content: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
}
