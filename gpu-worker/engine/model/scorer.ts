import { logitOfHead } from "@lemons/shared/model/linear-head";
import { InputError } from "../input-error.ts";
import type { LogMel } from "../spectrogram/log-mel.ts";
import type { EncoderPackage, ModelPackage } from "./model-package.ts";
import { createSession, type ExecutionProvider, type LogMelBatch } from "./session.ts";
import { createSessionCache } from "./session-cache.ts";

export type { ExecutionProvider } from "./session.ts";

export interface ScorerOptions {
  provider: ExecutionProvider;
  /** Threads inside of one forward pass (CPU only). */
  threads: number;
  /** Loaded models kept at a time; 4 by default. */
  maxSessions?: number | undefined;
  /** Spectrograms in one forward pass; 1 on a CPU, which gains nothing from more, 16 with CUDA. */
  batchSize?: number | undefined;
}

/** Runs models. Not for a service's main thread: a forward pass blocks the event loop. */
export interface Scorer {
  provider: ExecutionProvider;
  /** Spectrograms that are best handed over together. */
  batchSize: number;
  /**
   * One spectrogram through several models: one forward pass for each distinct encoder.
   *
   * @returns logits in the order of the models
   */
  logitsOfModels(
    models: readonly ModelPackage[],
    logMel: LogMel,
  ): Promise<{ logits: number[]; forwards: number }>;
  /**
   * Logits of 1 to `batchSize` spectrograms, all of one shape, in one forward pass. Where there is
   * more than one, the batch is filled up: CUDA keeps memory for every shape that it has met.
   */
  logits(model: ModelPackage, logMels: readonly LogMel[]): Promise<number[]>;
  /**
   * What the encoder makes of a spectrogram, [features].
   *
   * @throws TypeError where there is no encoder
   */
  pooledFeatures(model: EncoderPackage, logMel: LogMel): Promise<Float32Array>;
  /** Releases every session, once what is running has ended. */
  dispose(): Promise<void>;
}

const DEFAULT_MAX_SESSIONS = 4;
const DEFAULT_BATCH_SIZES: Record<ExecutionProvider, number> = { cpu: 1, cuda: 16 };

/**
 * A scorer with its own sessions. All methods throw InputError where a model cannot be loaded, fails
 * on a spectrogram of that shape, or answers with anything but finite numbers.
 */
export function createScorer(options: ScorerOptions): Scorer {
  const { provider, threads, maxSessions, batchSize = DEFAULT_BATCH_SIZES[provider] } = options;
  const cache = createSessionCache(maxSessions ?? DEFAULT_MAX_SESSIONS);

  /** Answers of the encoder [items x features] where there is one, else logits [items]. */
  async function forward(
    { manifest, ...model }: ModelPackage | EncoderPackage,
    logMels: readonly LogMel[],
  ): Promise<Float32Array> {
    const { encoder } = model;
    const items = logMels.length === 1 ? 1 : batchSize;
    const key = manifest.encoderVersion ?? manifest.version;
    const onnx = encoder?.onnx ?? ("onnx" in model ? model.onnx : null);
    if (!onnx) throw new TypeError(`the model ${key} has neither an encoder nor a file`);
    const answers = await cache.use(
      key,
      () => createSession(onnx, { provider, intraOpThreads: threads }),
      (session) => session.run(batchOf(logMels, items)),
    );
    const expected = items * (encoder?.features ?? 1);
    if (answers.length !== expected) {
      throw new InputError(
        `the model ${nameOf(manifest)} answers with ${answers.length} numbers where its signature says ${expected}`,
      );
    }
    return answers;
  }

  function logitFrom(model: ModelPackage, answers: Float32Array, item: number): number {
    const { encoder, head } = model;
    const logit =
      encoder && head ? logitOfHead(head, answers, item * encoder.features) : answers[item]!;
    if (Number.isFinite(logit)) return logit;
    throw new InputError(
      `the model "${model.manifest.id}" answers ${logit}: the audio is too short for it, or its weights are damaged`,
    );
  }

  return {
    provider,
    batchSize,
    async logitsOfModels(models, logMel) {
      const answers = new Map<string, Float32Array>();
      const logits: number[] = [];
      for (const model of models) {
        const key = model.manifest.encoderVersion ?? model.manifest.version;
        const known = answers.get(key) ?? (await forward(model, [logMel]));
        answers.set(key, known);
        logits.push(logitFrom(model, known, 0));
      }
      return { logits, forwards: answers.size };
    },
    async logits(model, logMels) {
      if (logMels.length < 1 || logMels.length > batchSize) {
        throw new RangeError(`a batch has 1 to ${batchSize} spectrograms, not ${logMels.length}`);
      }
      const answers = await forward(model, logMels);
      return logMels.map((_, item) => logitFrom(model, answers, item));
    },
    async pooledFeatures(model, logMel) {
      if (!model.encoder) throw new TypeError(`the model ${model.manifest.version} has no encoder`);
      const features = await forward(model, [logMel]);
      if (features.every(Number.isFinite)) return features;
      throw new InputError(
        "the encoder answers with numbers that are not finite: the audio is too short for it, or its weights are damaged",
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
