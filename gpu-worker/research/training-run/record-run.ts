import { join } from "node:path";
import type { TrainingConfig } from "@lemons/shared/contract/training";
import { recordForSacred } from "../run-record/record-for-sacred.ts";
import { recordForTensorboard } from "../run-record/record-for-tensorboard.ts";
import { createRunFolder, recordInFolder } from "../run-record/run-folder.ts";
import { observers, type RunDescription, type RunObserver } from "../run-record/run-observer.ts";
import { runEnvironment } from "./run-environment.ts";

export interface RecordRunInput {
  config: TrainingConfig;
  catalogue: string;
  /** Of the run's record. */
  folder: string;
  isResumed: boolean;
  device: "cpu" | "cuda";
  intraOpThreads: number;
  settings: {
    epochs: number;
    patience: number;
    logStep: number;
    workers: number;
    folds: number | null;
    records: {
      tensorboard: boolean;
      observer: string | null;
      experimentName: string;
      database: string;
    };
  };
  warn: (text: string) => void;
}

/**
 * Begins the record of a run: its folder, and what else was asked for. A resumed run goes on in its
 * folder, and is a further run for Sacred.
 *
 * @throws InputError where the observer's database cannot be reached
 */
export async function recordRun(input: RecordRunInput): Promise<RunObserver> {
  const { config, catalogue, folder, isResumed, device, intraOpThreads, settings, warn } = input;
  const { records, ...limits } = settings;
  const run: RunDescription = {
    experimentName: records.experimentName,
    config: { ...config, catalogue, ...limits },
    environment: runEnvironment(device, intraOpThreads, process.argv.slice(2)),
    startTime: new Date(),
  };
  const sacred =
    records.observer === null
      ? []
      : [await recordForSacred({ url: records.observer, database: records.database, run, warn })];
  if (!isResumed) await createRunFolder(folder, run);
  const tensorboard = records.tensorboard
    ? [await recordForTensorboard(join(folder, "tensorboard"), run.startTime)]
    : [];
  return observers([recordInFolder(folder), ...tensorboard, ...sacred]);
}
