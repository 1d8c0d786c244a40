import type { Architecture } from "@lemons/shared/contract/architecture";
import type { ExecutionProvider } from "../model/session.ts";
import type { TrainState } from "./train-state.ts";

export interface TrainStepOptions {
  architecture: Architecture;
  /** Spectrograms a step: always as many, since the graph's shapes are fixed. */
  batchSize: number;
  /** Frames of a spectrogram; 16,000 samples give 63. */
  frames: number;
  /** Adam's, as in `torch.optim.Adam(lr=)`. */
  learningRate: number;
  /** L2, added to the gradient, as in `torch.optim.Adam(weight_decay=)`. */
  weightDecay: number;
  provider: ExecutionProvider;
  /** Threads inside of one operator (CPU only). */
  threads: number;
  /** Where to start. */
  state: TrainState;
  /** Of the dropout masks, with the number of the step: 0 to 2^32 - 1. */
  seed: number;
  /** Leave the trunk and its statistics as they are and train the heads alone. */
  trunkFrozen?: boolean;
}

/** What a step learns from. */
export interface TrainBatch {
  /** [batch, 1, bands, frames], decibels. */
  logMel: Float32Array;
  /** [batch, heads], 0 or 1. */
  labels: Float32Array;
  /**
   * [batch, heads]: the weight of each label in the mean, 0 leaves it out; all 1 when not given.
   * The loss is the sum of weighted losses over the sum of the weights.
   */
  labelWeights?: Float32Array;
  /** [batch, features], 1 keeps a feature and 0 drops it; drawn from the seed when not given. */
  dropoutMask?: Float32Array;
}

/** A network in training, on one device. */
export interface TrainStep {
  /**
   * Forward, loss, backward, Adam, running statistics. Blocks the event loop while it computes.
   *
   * @returns mean sigmoid cross-entropy of the batch, before the step
   */
  run(batch: TrainBatch): Promise<{ loss: number }>;
  /** A copy of the state: going on from it gives the same numbers, bit for bit. */
  state(): TrainState;
  /** Goes on from another state of the same architecture. */
  load(state: TrainState): void;
  /** Frees the device's memory; it cannot run any more. */
  dispose(): Promise<void>;
}
