import type { ModelId } from "@lemons/shared/contract/identifier";
import type { PartMetrics, TrainingConfig } from "@lemons/shared/contract/training";
import type { OutFile } from "../../process/out-folder.ts";
import type { RunObserver } from "../run-record/run-observer.ts";
import { exportInferenceModel } from "../train/export-model.ts";
import type { TrainState } from "../train/train-state.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import { finishState } from "./calibrate-biases.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { TrainedModel, TrainModelInput } from "./train-model.ts";
import { listenerPackage, sharedPackage, type TrainedPackage } from "./trained-package.ts";
import { trainingParts } from "./training-parts.ts";
import type { TrainingSession } from "./training-session.ts";

export interface RunTrainingInput
  extends Pick<TrainModelInput, "epochs" | "patience" | "logStep" | "onStep" | "onEpoch"> {
  session: TrainingSession;
  config: TrainingConfig;
  set: TrainingSet;
  /** Folder of the run's record. */
  folder: string;
  observer: RunObserver;
  resume: Checkpoint | null;
  id: ModelId;
  isShared: boolean;
}

export interface TrainingOutcome extends TrainedModel {
  /** Files of the model package; null if no epoch was finished. */
  files: OutFile[] | null;
  validation: PartMetrics | null;
  test: PartMetrics | null;
  tracks: { train: number; validation: number; test: number };
}

/** Trains, measures the best epoch on the test part, and builds its model package. */
export async function runTraining(input: RunTrainingInput): Promise<TrainingOutcome> {
  const { session, config, set, folder, id, isShared } = input;
  const parts = trainingParts(set.slugs, config.trainedPart, config.splitSeed);
  const tracks = {
    train: parts.train.length,
    validation: parts.validation.length,
    test: parts.test.length,
  };
  const trained = await session.train(parts, folder, input);
  const { best, progress, interrupted } = trained;
  if (!best || !progress.best) {
    return { ...trained, files: null, validation: null, test: null, tracks };
  }
  const { epoch } = progress.best;
  const { validator } = session;
  const withPackage = async (state: TrainState, metrics: TrainedPackage["metrics"]) => {
    const trainedPackage: TrainedPackage = { id, config, state, epoch, metrics };
    const files = await (isShared
      ? sharedPackage(trainedPackage)
      : listenerPackage(trainedPackage, 0));
    return { ...trained, best: state, files, tracks, ...metrics };
  };
  // An interrupted run should end soon, so it skips the test part.
  if (interrupted) return withPackage(best, { validation: progress.best.validation, test: null });
  const state = await finishState(best, config, set, parts.train, validator);
  const model = exportInferenceModel(config.architecture, state);
  return withPackage(state, {
    validation: await validator.metrics(model, parts.validation),
    test: await validator.metrics(model, parts.test),
  });
}
