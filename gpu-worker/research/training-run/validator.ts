import type { PartMetrics } from "@lemons/shared/contract/training";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { openModelSession } from "../../engine/model/model-session.ts";
import { createNodeRuntime } from "../../engine/runtime/node/node-runtime.ts";
import type { ExecutionProvider } from "../../engine/runtime/node/onnx-session.ts";
import type { LogMel } from "../../engine/spectrogram/front-end.ts";
import type { InferenceModel } from "../train/export-model.ts";
import { type DataThreads, prefetch } from "../training-data/data-threads.ts";
import type { DecodedTrack } from "../training-data/decoded-track.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import { partMetrics } from "./part-metrics.ts";

/**
 * Size of the spectrograms kept between validations. Every validation reads all tracks in the same
 * order, so spectrograms beyond the limit are recomputed and never replace kept ones: an LRU cache
 * that is too small would never hit.
 */
const MAX_KEPT_BYTES = 512 * 1024 * 1024;

/** Runs models on whole tracks (the centre 30 s), as scoring does. */
export interface Validator {
  /** Returns an encoder's features of tracks, in their order; [tracks][features]. */
  features(encoder: Uint8Array, tracks: readonly number[]): Promise<Float32Array[]>;
  /** Returns the logits of tracks, [tracks][listeners]. */
  logits(model: InferenceModel, tracks: readonly number[]): Promise<number[][]>;
  /** Returns the metrics of tracks, or null without tracks. */
  metrics(model: InferenceModel, tracks: readonly number[]): Promise<PartMetrics | null>;
}

export interface ValidatorOptions {
  set: TrainingSet;
  decoded: readonly DecodedTrack[];
  threads: DataThreads;
  provider: ExecutionProvider;
  intraOpThreads: number;
  /** Runs before each forward pass; an error that it throws ends the validation. */
  pause: () => Promise<void>;
}

/** Creates a validator for decoded tracks. */
export function createValidator(options: ValidatorOptions): Validator {
  const { set, decoded, threads, provider, intraOpThreads, pause } = options;
  const { listeners, labels } = set;
  const runtime = createNodeRuntime({ provider, threads: intraOpThreads });
  const kept = new Map<number, LogMel>();
  let keptBytes = 0;

  async function snippet(track: number): Promise<LogMel> {
    const cached = kept.get(track);
    if (cached) return cached;
    const made = await threads.perform({ kind: "snippet", track: decoded[track]! });
    if (keptBytes + made.data.byteLength <= MAX_KEPT_BYTES) {
      keptBytes += made.data.byteLength;
      kept.set(track, made);
    }
    return made;
  }

  async function features(encoder: Uint8Array, tracks: readonly number[]) {
    const session = await openModelSession(encoder, runtime);
    try {
      const rows: Float32Array[] = [];
      for await (const logMel of prefetch(tracks, threads.parallel, snippet)) {
        await pause();
        rows.push(await session.run({ ...logMel, items: 1 }));
      }
      return rows;
    } finally {
      await session.release();
    }
  }

  async function logits({ encoder, heads }: InferenceModel, tracks: readonly number[]) {
    const rows = await features(encoder, tracks);
    return rows.map((row) => heads.map((head) => logitOf(head, row)));
  }

  return {
    features,
    logits,
    async metrics(model, tracks) {
      if (tracks.length === 0) return null;
      const rows = await logits(model, tracks);
      return partMetrics(
        listeners,
        rows,
        (row, head) => labels[tracks[row]! * listeners.length + head]!,
      );
    },
  };
}

/** Computes a head's logit, in float64. */
export function logitOf({ weights, bias }: LinearHead, features: Float32Array): number {
  return weights.reduce((sum, weight, i) => sum + weight * features[i]!, bias);
}
