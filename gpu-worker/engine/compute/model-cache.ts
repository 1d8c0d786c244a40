import type { ListenerId } from "@lemons/shared/contract/identifier";
import { LRUCache } from "lru-cache";
import { attributeInputErrors } from "../input-error.ts";
import {
  type EncoderPackage,
  encoderPackageFromBytes,
  type ModelPackage,
  modelPackageFromBytes,
  modelPackageFromParts,
} from "../model/model-package.ts";
import type { SplitEncoder } from "../model/split-encoder.ts";
import { unshared } from "./decode-sound.ts";
import type { EncoderBytes, EncoderSource, ModelSource } from "./messages.ts";

/** As many models as one request to score may name. */
const MODELS_KEPT = 256;
const ENCODERS_KEPT = 8;

/** Checked models of earlier tasks. */
export interface ModelCache {
  /** @throws UnusableInputError attributed to the model */
  modelOf(source: ModelSource): Promise<ModelPackage>;
  /** @throws UnusableInputError attributed to the model */
  encoderOf(source: EncoderSource): Promise<EncoderPackage>;
}

/** Reads a package from disk. @throws InputError if it can't be read */
export type ReadModel = (path: string, listener?: ListenerId) => Promise<ModelPackage>;

/** Creates a cache that checks and splits each model once. */
export function createModelCache(readModel: ReadModel): ModelCache {
  const models = createLoadingCache<ModelPackage>(MODELS_KEPT);
  const encoders = createLoadingCache<EncoderPackage & { encoder: SplitEncoder }>(ENCODERS_KEPT);

  function encoderFromBytes({ onnx, ...named }: EncoderBytes) {
    // The key contains the front-end, which is not a part of an encoder's version.
    return encoders(JSON.stringify(named), () => encoderPackageFromBytes(unshared(onnx), named));
  }

  async function load(source: ModelSource): Promise<ModelPackage> {
    if ("path" in source) return readModel(source.path, source.listener);
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
    attributeInputErrors("model", () => models(keyOf(source), () => load(source)));
  return {
    modelOf,
    encoderOf: (source) =>
      "manifest" in source
        ? modelOf(source)
        : attributeInputErrors("model", () => encoderFromBytes(source)),
  };
}

/**
 * Creates a cache that loads each value once, shares loads that are under way, and forgets failures.
 *
 * @param max values kept; the least recently used one is dropped first
 */
export function createLoadingCache<Value extends object>(max: number) {
  const values = new LRUCache<string, Value, () => Promise<Value>>({
    max,
    fetchMethod: (_key, _stale, { context: load }) => load(),
    // A load that others push out of the cache still belongs to its caller.
    ignoreFetchAbort: true,
  });
  return (key: string, load: () => Promise<Value>): Promise<Value> =>
    values.forceFetch(key, { context: load });
}
