import { logitOfHead } from "@lemons/shared/model/linear-head";
import { InputError } from "../input-error.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LogMel } from "../spectrogram/front-end.ts";
import type { EncoderPackage, ModelPackage } from "./model-package.ts";
import { createSessionCache, type LogMelBatch, openModelSession } from "./model-session.ts";

export interface ScorerOptions {
  runtime: Runtime;
  /** Loaded models kept at a time; 4 by default. */
  maxSessions?: number | undefined;
  /** Spectrograms in one forward pass; 1 on a CPU, which gains nothing from more, 16 on a GPU. */
  batchSize?: number | undefined;
}

/** Runs models. Don't use it on a service's main thread: a forward pass blocks the event loop. */
export interface Scorer {
  runtime: Runtime;
  /** Spectrograms to pass to `logits` together. */
  batchSize: number;
  /**
   * Runs one spectrogram through several models, with one forward pass for each distinct encoder.
   *
   * @returns logits in the order of the models
   */
  logitsOfModels(
    models: readonly ModelPackage[],
    logMel: LogMel,
  ): Promise<{ logits: number[]; forwards: number }>;
  /**
   * Returns the logits of 1 to `batchSize` spectrograms of one shape, from one forward pass. More than
   * one are filled up to a whole batch: CUDA keeps memory for every shape that it has met.
   */
  logits(model: ModelPackage, logMels: readonly LogMel[]): Promise<number[]>;
  /**
   * Returns an encoder's output for a spectrogram, [features].
   *
   * @throws TypeError if the model has no encoder
   */
  pooledFeatures(model: EncoderPackage, logMel: LogMel): Promise<Float32Array>;
  /** Releases every session once its work has ended. */
  dispose(): Promise<void>;
}

const DEFAULT_MAX_SESSIONS = 4;
const CPU_BATCH_SIZE = 1;
const GPU_BATCH_SIZE = 16;

/**
 * Creates a scorer with its own sessions. Its methods throw InputError if a model can't be loaded,
 * fails on a spectrogram of that shape, or its output is not finite.
 */
export function createScorer(options: ScorerOptions): Scorer {
  const { runtime, maxSessions = DEFAULT_MAX_SESSIONS } = options;
  const { batchSize = runtime.onGpu ? GPU_BATCH_SIZE : CPU_BATCH_SIZE } = options;
  const cache = createSessionCache(maxSessions);

  /** @returns the encoder's output [items x features], or logits [items] of a model without one */
  async function forward(
    { manifest, ...model }: ModelPackage | EncoderPackage,
    logMels: readonly LogMel[],
  ): Promise<Float32Array> {
    const { encoder } = model;
    const items = logMels.length === 1 ? 1 : batchSize;
    const key = manifest.encoderVersion ?? manifest.version;
    const onnx = encoder?.onnx ?? ("onnx" in model ? model.onnx : null);
    if (!onnx) throw new TypeError(`the model ${key} has neither an encoder nor a file`);
    const output = await cache.use(
      key,
      () => openModelSession(onnx, runtime),
      (session) => session.run(batchOf(logMels, items)),
    );
    const expected = items * (encoder?.features ?? 1);
    if (output.length !== expected) {
      throw new InputError(
        `the model ${nameOf(manifest)} returns ${output.length} numbers; its signature states ${expected}`,
      );
    }
    return output;
  }

  function logitFrom(model: ModelPackage, output: Float32Array, item: number): number {
    const { encoder, head } = model;
    const logit =
      encoder && head ? logitOfHead(head, output, item * encoder.features) : output[item]!;
    if (Number.isFinite(logit)) return logit;
    throw new InputError(
      `the model "${model.manifest.id}" returns ${logit}: its weights are damaged, or it needs a longer input`,
    );
  }

  return {
    runtime,
    batchSize,
    async logitsOfModels(models, logMel) {
      const outputs = new Map<string, Float32Array>();
      const logits: number[] = [];
      for (const model of models) {
        const key = model.manifest.encoderVersion ?? model.manifest.version;
        const output = outputs.get(key) ?? (await forward(model, [logMel]));
        outputs.set(key, output);
        logits.push(logitFrom(model, output, 0));
      }
      return { logits, forwards: outputs.size };
    },
    async logits(model, logMels) {
      if (logMels.length < 1 || logMels.length > batchSize) {
        throw new RangeError(`a batch has 1 to ${batchSize} spectrograms, not ${logMels.length}`);
      }
      const output = await forward(model, logMels);
      return logMels.map((_, item) => logitFrom(model, output, item));
    },
    async pooledFeatures(model, logMel) {
      if (!model.encoder) throw new TypeError(`the model ${model.manifest.version} has no encoder`);
      const features = await forward(model, [logMel]);
      if (features.every(Number.isFinite)) return features;
      throw new InputError(
        "the encoder's output is not finite: its weights are damaged, or it needs a longer input",
      );
    },
    dispose: () => cache.dispose(),
  };
}

function nameOf(manifest: EncoderPackage["manifest"] & { id?: string }): string {
  return manifest.id === undefined ? manifest.version : `"${manifest.id}"`;
}

function batchOf(logMels: readonly LogMel[], items: number): LogMelBatch {
  const { bands, frames, data } = logMels[0]!;
  if (items === 1) return { data, items, bands, frames };
  const all = new Float32Array(items * data.length);
  logMels.forEach((logMel, item) => {
    all.set(logMel.data, item * data.length);
  });
  return { data: all, items, bands, frames };
}
