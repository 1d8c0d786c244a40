import { type Sha256, Sha256 as Sha256Schema } from "@lemons/shared/contract/identifier";
import { ModelManifest, SharedModelManifest } from "@lemons/shared/contract/model";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { decodeHeads, type Heads } from "@lemons/shared/model/heads-file";
import { HeadFormatError } from "@lemons/shared/model/linear-head";
import type { z } from "zod";
import { ProblemError } from "../../base/problems/problem.ts";

/** Bytes of all files of a package: the Worker holds them in memory. */
export const MAX_PUBLISHED_BYTES = 32 * 1024 * 1024;
/** Heads of one package. */
const MAX_HEADS = 10_000;

/** A package of one model, whose file has the hash that its manifest states. */
export interface OneModel {
  kind: "one";
  manifest: ModelManifest & { listener: string };
  onnx: Uint8Array;
}

/** A shared-encoder package, whose files have the hashes that its manifest states. */
export interface SharedModel {
  kind: "shared";
  manifest: SharedModelManifest;
  encoder: Uint8Array;
  heads: Heads;
}

/** The parts of the request, by the names of the package's files. */
export type PackageFiles = {
  [Name in "model.json" | "model.onnx" | "encoder.onnx" | "heads.safetensors"]?: File | undefined;
};

/**
 * Reads the files of a package and checks their contracts, sizes and hashes, and that they fit together.
 * The gpu-worker checks the graph.
 *
 * @throws ProblemError bad-request that names the file and field, model-refused
 */
export async function readPublished(files: PackageFiles): Promise<OneModel | SharedModel> {
  const manifest = await manifestOf(files["model.json"]);
  if ("format" in manifest) return readShared(manifest, files);
  const { "model.onnx": model, "encoder.onnx": encoder, "heads.safetensors": heads } = files;
  if (!model || encoder || heads)
    throw wrong("model.onnx", "must come with this model.json, alone");
  const { listener } = manifest;
  if (listener === undefined) throw wrong("model.json.listener", "must say whose model it is");
  const onnx = await bytesOf(model);
  await checkHash("model.onnx", onnx, manifest.version);
  return { kind: "one", manifest: { ...manifest, listener }, onnx };
}

async function readShared(
  manifest: SharedModelManifest,
  files: PackageFiles,
): Promise<SharedModel> {
  const { "model.onnx": model, "encoder.onnx": encoder, "heads.safetensors": headsFile } = files;
  if (!encoder) throw wrong("encoder.onnx", "must come with this model.json");
  if (!headsFile) throw wrong("heads.safetensors", "must come with this model.json");
  if (model) throw wrong("model.onnx", "is not part of a shared-encoder package");
  const { listeners, features } = manifest;
  if (listeners.length > MAX_HEADS) {
    throw wrong("model.json.listeners", `must be at most ${MAX_HEADS} in one request`);
  }
  const heads = headsOf(await bytesOf(headsFile));
  if (heads.listeners !== listeners.length || heads.features !== features) {
    throw wrong(
      "heads.safetensors",
      `has ${heads.listeners} heads of ${heads.features} features, model.json says ${listeners.length} of ${features}`,
    );
  }
  for (const [row, { listener, headVersion }] of listeners.entries()) {
    const found = await sha256Hex(heads.bytesOf(row));
    if (found === headVersion) continue;
    throw wrong("heads.safetensors", `the head of ${listener} is ${found}, not ${headVersion}`);
  }
  const bytes = await bytesOf(encoder);
  await checkHash("encoder.onnx", bytes, manifest.encoderVersion);
  return { kind: "shared", manifest, encoder: bytes, heads };
}

async function manifestOf(file: File | undefined): Promise<ModelManifest | SharedModelManifest> {
  if (!file) throw wrong("model.json", "must be one of the parts");
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    throw wrong("model.json", "is not JSON");
  }
  const isShared = typeof json === "object" && json !== null && "format" in json;
  return isShared ? parse(json, SharedModelManifest) : parse(json, ModelManifest);
}

function parse<Schema extends z.ZodType>(json: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ProblemError({
    kind: "bad-request",
    errors: parsed.error.issues.map(({ path, message }) => ({
      field: ["model.json", ...path].join("."),
      message,
    })),
  });
}

function headsOf(bytes: Uint8Array): Heads {
  try {
    return decodeHeads(bytes);
  } catch (error) {
    if (!(error instanceof HeadFormatError)) throw error;
    throw wrong("heads.safetensors", error.message);
  }
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

async function checkHash(name: string, bytes: Uint8Array, version: Sha256): Promise<void> {
  const found = Sha256Schema.parse(await sha256Hex(bytes));
  if (found !== version) throw wrong(name, `its SHA-256 is ${found}, model.json says ${version}`);
}

function wrong(field: string, message: string): ProblemError {
  return new ProblemError({ kind: "bad-request", errors: [{ field, message }] });
}
