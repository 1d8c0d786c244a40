import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CrossValidation, TrainingConfig } from "@lemons/shared/contract/training";
import { averagePrecision, rocAuc } from "@lemons/shared/metrics/ranking-metrics";
import { mean, sampleDeviation } from "@lemons/shared/metrics/statistics";
import { z } from "zod";
import type { RunObserver } from "../run-record/run-observer.ts";
import { exportInferenceModel } from "../train/export-model.ts";
import type { TrainingSet } from "../training-data/training-set.ts";
import { finishState } from "./calibrate-biases.ts";
import { checkSameConfig, lastCheckpoint, readCheckpoint } from "./checkpoint.ts";
import { partMetrics } from "./part-metrics.ts";
import type { TrainModelInput } from "./train-model.ts";
import { type TrainingParts, trainingFolds } from "./training-parts.ts";
import type { TrainingSession } from "./training-session.ts";

export interface CrossValidateInput
  extends Pick<TrainModelInput, "epochs" | "patience" | "logStep"> {
  session: TrainingSession;
  config: TrainingConfig;
  set: TrainingSet;
  folds: number;
  /** Folder of the run's record; each fold has a folder inside it. */
  folder: string;
  observer: RunObserver;
  onStep?: (fold: number, report: Parameters<NonNullable<TrainModelInput["onStep"]>>[0]) => void;
  onEpoch?: (fold: number, report: Parameters<NonNullable<TrainModelInput["onEpoch"]>>[0]) => void;
}

const FoldLogits = z.array(z.array(z.number()));

/**
 * Measures a training configuration by cross-validation: each fold's tracks are scored by a model that
 * wasn't trained on them. Folds that an earlier process finished are read from the run's folder; an
 * unfinished one resumes.
 *
 * @returns null if the signal interrupted it
 */
export async function crossValidate(input: CrossValidateInput): Promise<CrossValidation | null> {
  const { config, set, folds, folder } = input;
  const parts = trainingFolds(set.slugs, folds, config.splitSeed, config.bestBy);
  const logits: number[][][] = [];
  for (const [index, part] of parts.entries()) {
    const scored = await foldLogits(input, index, part);
    if (scored === null) return null;
    logits.push(scored);
  }
  return { schemaVersion: 1, run: folder, folds, config, ...summarise(set, parts, logits) };
}

async function foldLogits(
  { session, config, set, folder, observer, onStep, onEpoch, ...limits }: CrossValidateInput,
  index: number,
  parts: TrainingParts,
): Promise<number[][] | null> {
  const fold = join(folder, `fold-${index + 1}`);
  const file = join(fold, "logits.json");
  const finished = await readFile(file, "utf8").catch(() => null);
  if (finished !== null) return FoldLogits.parse(JSON.parse(finished));
  const unfinished = await stat(lastCheckpoint(fold)).catch(() => null);
  const resume = unfinished ? await readCheckpoint(lastCheckpoint(fold)) : null;
  if (resume) checkSameConfig(config, resume);
  const trained = await session.train(parts, fold, {
    ...limits,
    resume,
    observer: withPrefix(observer, `fold-${index + 1}.`),
    ...(onStep ? { onStep: (report) => onStep(index, report) } : {}),
    ...(onEpoch ? { onEpoch: (report) => onEpoch(index, report) } : {}),
  });
  if (trained.interrupted) return null;
  const { validator } = session;
  const state = await finishState(trained.best!, config, set, parts.train, validator);
  const logits = await validator.logits(
    exportInferenceModel(config.architecture, state),
    parts.test,
  );
  await writeFile(file, `${JSON.stringify(logits)}\n`);
  return logits;
}

/** Computes metrics over the folds, and of all out-of-fold logits together. */
export function summarise(
  { slugs, listeners, labels }: TrainingSet,
  parts: readonly TrainingParts[],
  logits: readonly (readonly number[][])[],
): Pick<CrossValidation, "listeners" | "mean" | "sd" | "logits"> {
  const labelOf = (track: number, head: number) => labels[track * listeners.length + head]!;
  const foldMetrics = parts.map(({ test }, fold) =>
    partMetrics(listeners, logits[fold]!, (row, head) => labelOf(test[row]!, head)),
  );
  const tracks = parts.flatMap(({ test }, fold) =>
    test.map((track, row) => ({ track, fold: fold + 1, logits: logits[fold]![row]! })),
  );
  const each = listeners.map((listener, head) => {
    const truth = tracks.map(({ track }) => labelOf(track, head) === 1);
    const scores = tracks.map((track) => track.logits[head]!);
    const over = (metric: "auc" | "ap") => {
      const values = foldMetrics
        .map((fold) => fold.listeners[head]![metric])
        .filter((value) => value !== null);
      return { folds: values.length, mean: mean(values), sd: sampleDeviation(values) };
    };
    return {
      listener,
      positives: truth.filter(Boolean).length,
      auc: over("auc"),
      ap: over("ap"),
      pooledAuc: rocAuc(truth, scores),
      pooledAp: averagePrecision(truth, scores),
    };
  });
  const defined = (metric: "pooledAuc" | "pooledAp") =>
    each.map((listener) => listener[metric]).filter((value) => value !== null);
  return {
    listeners: each,
    mean: { auc: mean(defined("pooledAuc")), ap: mean(defined("pooledAp")) },
    sd: { auc: sampleDeviation(defined("pooledAuc")), ap: sampleDeviation(defined("pooledAp")) },
    logits: tracks.map(({ track, ...rest }) => ({ track: slugs[track]!, ...rest })),
  };
}

function withPrefix(observer: RunObserver, prefix: string): RunObserver {
  return { ...observer, scalar: (name, ...rest) => observer.scalar(`${prefix}${name}`, ...rest) };
}
