import { join } from "node:path";
import type { ModelId } from "@lemons/shared/contract/identifier";
import type { TrainingConfig } from "@lemons/shared/contract/training";
import { InputError } from "../engine/input-error.ts";
import { readComputeSettings } from "../process/compute-settings.ts";
import { checkFolder } from "../process/input-files.ts";
import { checkOutFolder } from "../process/out-folder.ts";
import { runId } from "../research/run-record/run-folder.ts";
import { readTrainingSet, type TrainingSet } from "../research/training-data/training-set.ts";
import {
  type Checkpoint,
  checkSameConfig,
  lastCheckpoint,
  readCheckpoint,
} from "../research/training-run/checkpoint.ts";
import type { RunSettings } from "../research/training-run/record-run.ts";
import { trainingParts } from "../research/training-run/training-parts.ts";
import type { Given } from "./command.ts";
import { requireOptions } from "./parse-options.ts";
import {
  configFrom,
  DEFAULT_CONFIG,
  deviceFrom,
  listenersFrom,
  modelIdFrom,
  runSettingsFrom,
  TRAIN_OPTIONS,
} from "./train-settings.ts";

/** The input of `lemons train`, read and checked. */
export interface PreparedTraining {
  config: TrainingConfig;
  settings: RunSettings;
  set: TrainingSet;
  catalogue: string;
  /** null for a cross-validation, which writes no model. */
  out: string | null;
  id: ModelId;
  isShared: boolean;
  device: "cpu" | "cuda";
  /** Threads of one operator. */
  intraOpThreads: number;
  /** Folder of the run's record. */
  folder: string;
  /** Set if `folder` belongs to an earlier process. */
  isResumed: boolean;
  resume: Checkpoint | null;
}

/**
 * Reads options, catalogue and checkpoint. Writes nothing.
 *
 * @throws InputError if any of them can't be used
 */
export async function prepareTraining(
  given: Given<typeof TRAIN_OPTIONS>,
  environment: Record<string, string | undefined>,
): Promise<PreparedTraining> {
  requireOptions("train", TRAIN_OPTIONS, given, ["catalogue"]);
  if (given.model !== undefined) throw new InputError("--model goes with --head-only");
  const { catalogue, out, "model-load-path": loaded, runs = "runs" } = given;
  const { provider, threads } = readComputeSettings(environment);
  const wanted = listenersFrom(given);
  const settings = runSettingsFrom(given, environment);
  const isCrossValidated = settings.folds !== null;
  if (!isCrossValidated) requireOptions("train", TRAIN_OPTIONS, given, ["out"]);
  else if (out !== undefined) {
    throw new InputError("--cross-validation writes no model; leave out --out");
  }
  if (loaded !== undefined) await checkFolder(loaded);
  const resume =
    loaded === undefined || isCrossValidated ? null : await readCheckpoint(lastCheckpoint(loaded));
  const wantedConfig = configFrom(given, resume?.config ?? DEFAULT_CONFIG);
  await checkFolder(catalogue);
  if (out !== undefined) await checkOutFolder(out);
  const set = await readTrainingSet(catalogue, wanted);
  const listeners = [...set.listeners];
  const architecture = { ...wantedConfig.architecture, heads: listeners.length };
  const config: TrainingConfig = { ...wantedConfig, architecture, listeners };
  if (resume) checkResumed(config, resume, settings.epochs);
  checkParts(set, config, settings.folds);
  return {
    config,
    settings,
    set,
    catalogue,
    out: out ?? null,
    id: modelIdFrom(given, listeners),
    isShared: given["shared-encoder"] ?? false,
    device: deviceFrom(given, provider),
    intraOpThreads: threads,
    folder: loaded ?? join(runs, runId(new Date())),
    isResumed: loaded !== undefined,
    resume,
  };
}

/** @throws InputError if the run can't continue with these settings */
function checkResumed(config: TrainingConfig, checkpoint: Checkpoint, epochs: number): void {
  checkSameConfig(config, checkpoint);
  const { epoch } = checkpoint.progress;
  if (epoch < epochs) return;
  throw new InputError(
    `--model-load-path: the run has finished its ${epoch} epochs; give a larger --n-epochs`,
  );
}

/** @throws InputError if there is nothing to train on, or to choose the epoch by */
function checkParts(set: TrainingSet, config: TrainingConfig, folds: number | null): void {
  const { slugs, listeners, labels } = set;
  if (folds !== null) {
    if (folds <= slugs.length) return;
    throw new InputError(
      `--cross-validation ${folds}: the catalogue has only ${slugs.length} tracks`,
    );
  }
  const { validation } = trainingParts(slugs, config.trainedPart, config.splitSeed);
  if (config.bestBy === "last") return;
  if (validation.length === 0) {
    throw new InputError(`${slugs.length} tracks leave none for validation; give --best-by last`);
  }
  if (config.bestBy === "loss") return;
  const hasBoth = listeners.some((_, head) => {
    const heard = validation.filter((track) => labels[track * listeners.length + head] === 1);
    return heard.length > 0 && heard.length < validation.length;
  });
  if (hasBoth) return;
  throw new InputError(
    `no listener heard some but not all of the ${validation.length} validation tracks, so there is no ${config.bestBy.toUpperCase()}; give --best-by loss or last, or another --split-seed`,
  );
}
