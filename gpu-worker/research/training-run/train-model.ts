import { setImmediate } from "node:timers/promises";
import type {
  PartMetrics,
  TrainingConfig,
  TrainingProgress,
} from "@lemons/shared/contract/training";
import type { ExecutionProvider } from "../../engine/runtime/node/onnx-session.ts";
import type { RunObserver } from "../run-record/run-observer.ts";
import { exportInferenceModel } from "../train/export-model.ts";
import { initialState, type TrainState } from "../train/train-state.ts";
import { createTrainStep, type TrainStep } from "../train/train-step.ts";
import { balancedWeights, batchLabels } from "../training-data/batch-labels.ts";
import { type DataThreads, prefetch } from "../training-data/data-threads.ts";
import type { DecodedTrack } from "../training-data/decoded-track.ts";
import {
  type BatchPlan,
  type EpochSettings,
  planEpoch,
  stepsOf,
} from "../training-data/plan-epoch.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { epochScore, isBetter } from "./part-metrics.ts";
import type { TrainingParts } from "./training-parts.ts";
import type { Validator } from "./validator.ts";

export interface TrainModelInput {
  config: TrainingConfig;
  set: TrainingSet;
  parts: TrainingParts;
  decoded: readonly DecodedTrack[];
  threads: DataThreads;
  validator: Validator;
  /** Total number of epochs, including those before a resumed checkpoint. */
  epochs: number;
  /** Ends the training after this many epochs without improvement; 0 for never. */
  patience: number;
  /** Number of steps between two records of the loss. */
  logStep: number;
  provider: ExecutionProvider;
  /** Threads inside one operator. */
  intraOpThreads: number;
  observer: RunObserver;
  /** Checkpoint to resume from; null to start. */
  resume: Checkpoint | null;
  /** Stores the last checkpoint, and the best one so far. */
  keep: (which: "last" | "best", checkpoint: Checkpoint) => Promise<void>;
  signal: AbortSignal;
  onStep?: (report: StepReport) => void;
  onEpoch?: (report: EpochReport) => void;
}

export interface StepReport {
  epoch: number;
  /** Finished steps of the epoch. */
  step: number;
  /** All steps of the epoch. */
  steps: number;
  loss: number;
}

export interface EpochReport {
  /** 0 for the baseline before the first step. */
  epoch: number;
  /** Mean over the epoch's steps; null for the baseline. */
  loss: number | null;
  validation: PartMetrics | null;
  seconds: number;
  best: TrainingProgress["best"];
}

export interface TrainedModel {
  /** State of the best epoch; null if this process finished none. */
  best: TrainState | null;
  progress: TrainingProgress;
  /** True if the signal ended the training. */
  interrupted: boolean;
}

/**
 * Trains as LEMONS does: epochs of random crops, validation on whole tracks, Adam with L2; the best
 * epoch is kept. The result depends only on the configuration, not on the timing of threads or on
 * interruptions. Blocks the event loop for the duration of a step.
 *
 * @throws Error if the loss isn't finite
 */
export async function trainModel(input: TrainModelInput): Promise<TrainedModel> {
  const { config, parts, decoded, threads, validator, observer, signal, resume } = input;
  const { architecture, batchSize, inputLength, seed, frontEnd } = config;
  const tracks = parts.train.map((index) => decoded[index]!);
  const settings: EpochSettings = { ...config, tracks: tracks.length };
  const steps = stepsOf(settings);
  const labelSettings = labelSettingsFor(input);
  let progress: TrainingProgress = resume?.progress ?? {
    epoch: 0,
    step: 0,
    epochLoss: 0,
    best: null,
  };
  let best: TrainState | null = null;

  const step = await createTrainStep({
    architecture,
    batchSize,
    frames: 1 + Math.floor(inputLength / frontEnd.hop),
    learningRate: config.lr,
    weightDecay: config.wd,
    provider: input.provider,
    threads: input.intraOpThreads,
    state: resume?.state ?? initialState(architecture, seed),
    seed,
  });

  const validate = () =>
    validator.metrics(exportInferenceModel(architecture, step.state()), parts.validation);
  const isOver = () =>
    progress.epoch >= input.epochs ||
    (input.patience > 0 &&
      progress.best !== null &&
      progress.epoch - progress.best.epoch >= input.patience);

  async function runEpoch(): Promise<void> {
    const epoch = progress.epoch + 1;
    const plans = planEpoch(settings, epoch);
    const batches = prefetch(plans.slice(progress.step), threads.parallel, (plan) =>
      threads
        .perform({ kind: "batch", tracks, plan, inputLength })
        .then((made) => ({ plan, made })),
    );
    for await (const { plan, made } of batches) {
      await pause(signal);
      const loss = await runStep(step, plan, made.data, labelSettings);
      progress = { ...progress, step: progress.step + 1, epochLoss: progress.epochLoss + loss };
      const done = progress.epoch * steps + progress.step;
      if (done % input.logStep === 0) observer.scalar("train.loss", loss, done, new Date());
      input.onStep?.({ epoch, step: progress.step, steps, loss });
      await observer.flush();
    }
  }

  async function endEpoch(seconds: () => number): Promise<void> {
    const epoch = progress.epoch + 1;
    const validation = await validate();
    const loss = progress.epochLoss / steps;
    observer.scalar("train.avg_loss", loss, epoch, new Date());
    observeValidation(observer, validation, epoch);
    const score = epochScore(config.bestBy, validation);
    const isBest = isBetter(score, progress.best?.value);
    progress = {
      epoch,
      step: 0,
      epochLoss: 0,
      best: isBest ? { epoch, value: score, validation } : progress.best,
    };
    const checkpoint: Checkpoint = { config, progress, state: step.state() };
    if (isBest) {
      best = checkpoint.state;
      await input.keep("best", checkpoint);
    }
    await input.keep("last", checkpoint);
    input.onEpoch?.({ epoch, loss, validation, seconds: seconds(), best: progress.best });
  }

  try {
    if (!resume) {
      const validation = await validate();
      observeValidation(observer, validation, 0);
      input.onEpoch?.({ epoch: 0, loss: null, validation, seconds: 0, best: null });
    }
    while (!isOver()) {
      const start = performance.now();
      await runEpoch();
      await endEpoch(() => (performance.now() - start) / 1000);
      await observer.flush();
    }
    return { best, progress, interrupted: false };
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    await input.keep("last", { config, progress, state: step.state() });
    return { best, progress, interrupted: true };
  } finally {
    await step.dispose();
  }
}

/**
 * Yields to signal handlers, data threads and the observer between two steps.
 *
 * @throws the signal's reason if aborted
 */
export async function pause(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

async function runStep(
  step: TrainStep,
  plan: BatchPlan,
  logMel: Float32Array,
  settings: Parameters<typeof batchLabels>[1],
): Promise<number> {
  const { loss } = await step.run({ logMel, ...batchLabels(plan, settings) });
  if (Number.isFinite(loss)) return loss;
  throw new Error("the loss is no longer finite; try a smaller --lr");
}

function labelSettingsFor({
  config,
  set,
  parts,
}: TrainModelInput): Parameters<typeof batchLabels>[1] {
  const heads = set.listeners.length;
  const labelOf = (track: number, head: number) => set.labels[parts.train[track]! * heads + head]!;
  const { positiveWeight, labelSmoothing } = config;
  const balanced = () =>
    balancedWeights(
      set.listeners.map((_, head) => parts.train.map((_, track) => labelOf(track, head))),
    );
  return {
    labelOf,
    positiveWeights:
      positiveWeight === "balanced" ? balanced() : set.listeners.map(() => positiveWeight),
    smoothing: labelSmoothing,
  };
}

function observeValidation(
  observer: RunObserver,
  validation: PartMetrics | null,
  epoch: number,
): void {
  if (validation === null) return;
  const { loss, auc, ap } = validation;
  const time = new Date();
  observer.scalar("val.avg_loss", loss, epoch, time);
  if (auc !== null) observer.scalar("val.roc_auc", auc, epoch, time);
  if (ap !== null) observer.scalar("val.avg_prec", ap, epoch, time);
}
