import type { ListenerId } from "@lemons/shared/contract/identifier";
import {
  type EncoderPackage,
  encoderPackageFromBytes,
  type ModelPackage,
  modelPackageFromBytes,
  modelPackageFromParts,
} from "../model/model-package.ts";
import type { Encoder } from "../model/read-encoder.ts";
import { readModelPackage } from "../model/read-model-package.ts";
import {
  isSharedFolder,
  modelOfListener,
  readSharedPackage,
  type SharedPackage,
} from "../model/shared-package.ts";
import { about } from "./blame-input.ts";
import type { EncoderBytes, EncoderSource, ModelSource } from "./compute-messages.ts";
import { unshared } from "./decode-sound.ts";

/** Checked models kept ready: as many as one request to score may name. */
const MODELS_KEPT = 256;
const ENCODERS_KEPT = 8;
/** Shared-encoder packages kept ready, each with the heads of all of its listeners. */
const PACKAGES_KEPT = 2;

/** The models of earlier tasks. */
export interface ModelCache {
  /** @throws ServiceError `input-unusable` */
  modelOf(source: ModelSource): Promise<ModelPackage>;
  /** @throws ServiceError `input-unusable` */
  encoderOf(source: EncoderSource): Promise<EncoderPackage>;
}

/** A cache in which each model is checked and split once, and each package read once. */
export function createModelCache(): ModelCache {
  const models = new Map<string, Promise<ModelPackage>>();
  const encoders = new Map<string, Promise<EncoderPackage & { encoder: Encoder }>>();
  const packages = new Map<string, Promise<SharedPackage | null>>();

  async function readFromDisk(path: string, listener?: ListenerId): Promise<ModelPackage> {
    if (listener === undefined) return readModelPackage(path);
    const shared = await kept(packages, PACKAGES_KEPT, path, async () =>
      (await isSharedFolder(path)) ? readSharedPackage(path) : null,
    );
    return shared ? modelOfListener(shared, listener) : readModelPackage(path, listener);
  }

  function encoderFromBytes({ onnx, ...named }: EncoderBytes) {
    // The front-end is no part of an encoder's version.
    return kept(encoders, ENCODERS_KEPT, JSON.stringify(named), async () =>
      encoderPackageFromBytes(unshared(onnx), named),
    );
  }

  async function read(source: ModelSource): Promise<ModelPackage> {
    if ("path" in source) return readFromDisk(source.path, source.listener);
    if (!("encoder" in source)) {
      return modelPackageFromBytes(unshared(source.onnx), source.manifest);
    }
    const { manifest, head } = source;
    const { encoderVersion: version, frontEnd } = manifest;
    const { encoder } = await encoderFromBytes({ version, frontEnd, onnx: source.encoder });
    const numbers = { weights: Float32Array.from(head.weights), bias: Math.fround(head.bias) };
    return modelPackageFromParts(manifest, encoder, numbers);
  }

  function keyOf(source: ModelSource): string {
    if ("path" in source) return `${source.path} ${source.listener ?? ""}`;
    const { id, version } = source.manifest;
    return `${id} ${version} ${"encoder" in source ? "in parts" : "whole"}`;
  }

  const modelOf = (source: ModelSource) =>
    about("model", () => kept(models, MODELS_KEPT, keyOf(source), () => read(source)));
  return {
    modelOf,
    encoderOf: (source) =>
      "manifest" in source ? modelOf(source) : about("model", () => encoderFromBytes(source)),
  };
}

/** The value of a key, made where it is not there; the one unused for longest goes first. */
function kept<T>(
  values: Map<string, Promise<T>>,
  capacity: number,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const value = values.get(key) ?? make();
  values.delete(key);
  values.set(key, value);
  if (values.size > capacity) values.delete(values.keys().next().value!);
  // What failed is tried again the next time.
  value.catch(() => {
    if (values.get(key) === value) values.delete(key);
  });
  return value;
}
