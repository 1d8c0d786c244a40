import type { LogMel } from "../spectrogram/log-mel.ts";
import type { ModelPackage } from "./model-package.ts";

export type ExecutionProvider = "cpu" | "cuda";

export interface ScorerOptions {
  provider: ExecutionProvider;
  /** Threads inside of one forward pass (CPU only). */
  threads: number;
  /** Loaded models kept at a time; 4 by default. */
  maxSessions?: number;
}

/** Runs models. Not for the service's main thread: a forward pass blocks the event loop. */
export interface Scorer {
  provider: ExecutionProvider;
  /** Spectrograms that are best handed over together. */
  batchSize: number;
  /**
   * One forward pass for each distinct encoder.
   *
   * @returns logits in the order of the models
   */
  logitsOfModels(
    models: readonly ModelPackage[],
    logMel: LogMel,
  ): Promise<{ logits: number[]; forwards: number }>;
  /** Logits of several spectrograms of one shape, in one forward pass. */
  logits(model: ModelPackage, logMels: readonly LogMel[]): Promise<number[]>;
  /** Pooled features, [features]. @throws TypeError where the model has no encoder */
  pooledFeatures(model: ModelPackage, logMel: LogMel): Promise<Float32Array>;
  /** Releases every session, once what is running has ended. */
  dispose(): Promise<void>;
}

export function createScorer(options: ScorerOptions): Scorer {
  throw new Error(`not built yet: ${options.provider}`);
}
