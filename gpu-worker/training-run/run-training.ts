import type { ModelId } from "@lemons/shared/contract/identifier";
import type { PartMetrics, TrainingConfig } from "@lemons/shared/contract/training";
import type { OutFile } from "../commands/files.ts";
import type { RunObserver } from "../run-record/run-observer.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { inferenceModel } from "./inference-model.ts";
import type { TrainedModel, TrainModelInput } from "./train-model.ts";
import { listenerPackage, sharedPackage } from "./trained-package.ts";
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
  const { validation, epoch } = progress.best;
  // Whoever has asked to stop does not wait for the test part.
  const test = interrupted
    ? null
    : await session.validator.metrics(inferenceModel(config.architecture, best), parts.test);
  const described = { id, config, state: best, epoch, metrics: { validation, test } };
  const files = isShared ? sharedPackage(described) : listenerPackage(described, 0);
  return { ...trained, files, validation, test, tracks };
}
