import type { ModelId } from "@lemons/shared/contract/identifier";
import type { PartMetrics, TrainingConfig } from "@lemons/shared/contract/training";
import type { OutFile } from "../../process/out-folder.ts";
import type { RunObserver } from "../run-record/run-observer.ts";
import { exportInferenceModel } from "../train/export-model.ts";
import type { TrainState } from "../train/train-state.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import { keptState } from "./calibrate-biases.ts";
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
  /** Of the run's record. */
  folder: string;
  observer: RunObserver;
  resume: Checkpoint | null;
  id: ModelId;
  isShared: boolean;
}

export interface RanTraining extends TrainedModel {
  /** Files of the model package; null where no epoch was ended. */
  files: OutFile[] | null;
  validation: PartMetrics | null;
  test: PartMetrics | null;
  tracks: { train: number; validation: number; test: number };
}

/** Trains, measures the kept epoch on the test part, and makes the package of it. */
export async function runTraining(input: RunTrainingInput): Promise<RanTraining> {
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
  const describe = async (state: TrainState, metrics: TrainedPackage["metrics"]) => {
    const described: TrainedPackage = { id, config, state, epoch, metrics };
    const files = await (isShared ? sharedPackage(described) : listenerPackage(described, 0));
    return { ...trained, best: state, files, tracks, ...metrics };
  };
  // Whoever has asked to stop does not wait for further passes over the tracks.
  if (interrupted) return describe(best, { validation: progress.best.validation, test: null });
  const state = await keptState(best, config, set, parts.train, validator);
  const model = exportInferenceModel(config.architecture, state);
  return describe(state, {
    validation: await validator.metrics(model, parts.validation),
    test: await validator.metrics(model, parts.test),
  });
}
