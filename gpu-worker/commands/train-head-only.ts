import type { HeadTrainingResult } from "@lemons/shared/contract/training";
import { InputError } from "../engine/input-error.ts";
import { MIN_HEARD_SECONDS } from "../engine/model/model-waveform.ts";
import { readComputeSettings } from "../process/compute-settings.ts";
import { Interrupted, stopOnSignal } from "../process/exit-code.ts";
import { checkExists, checkFolder } from "../process/input-files.ts";
import { checkOutFolder, writeOutFolder } from "../process/out-folder.ts";
import { audioCacheFolder } from "../research/training-data/decoded-track.ts";
import { readTrainingSet } from "../research/training-data/training-set.ts";
import { readTrainedEncoder, trainHead } from "../research/training-run/head-training.ts";
import { trainingParts } from "../research/training-run/training-parts.ts";
import { openCatalogueTracks } from "../research/training-run/training-session.ts";
import type { Given } from "./command.ts";
import { decimalNumber } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";
import type { Terminal } from "./terminal.ts";
import { formatHeadTraining } from "./train-report.ts";
import {
  configFrom,
  DEFAULT_CONFIG,
  deviceFrom,
  listenersFrom,
  modelIdFrom,
  runSettingsFrom,
  TRAIN_OPTIONS,
} from "./train-settings.ts";

type TrainGiven = Given<typeof TRAIN_OPTIONS>;

/** L2 penalty on the weights of scaled features. */
const DEFAULT_L2 = 0.1;

/** Options that fitting a head uses; the other options of a training are refused. */
const HEAD_OPTIONS = new Set<keyof TrainGiven>([
  ...(["catalogue", "listener", "user-name", "out", "id", "head-only", "model", "wd"] as const),
  ...(["silence", "split-seed", "train-part", "num-workers", "device", "json"] as const),
]);

/** Runs `lemons train --head-only`. */
export async function runHeadOnly(given: TrainGiven, terminal: Terminal): Promise<void> {
  requireOptions("train", TRAIN_OPTIONS, given, ["catalogue", "model", "out"]);
  for (const option of Object.keys(given) as (keyof TrainGiven)[]) {
    if (!HEAD_OPTIONS.has(option))
      throw new InputError(`--${option} doesn't go with --head-only; leave it out`);
  }
  const { catalogue, model, out } = given;
  const listeners = listenersFrom(given)!;
  const id = modelIdFrom(given, listeners);
  const { provider, threads } = readComputeSettings(process.env);
  const settings = runSettingsFrom(given, process.env);
  const { trainedPart, splitSeed, silence } = configFrom(given, {
    ...DEFAULT_CONFIG,
    bestBy: "last",
  });
  const l2 = given.wd === undefined ? DEFAULT_L2 : decimalNumber("wd", given.wd, 1e-6, 1e6);
  await checkFolder(catalogue);
  await checkExists(model);
  await checkOutFolder(out);
  const encoder = await readTrainedEncoder(model);
  const set = await readTrainingSet(catalogue, listeners);
  const parts = trainingParts(set.slugs, trainedPart, splitSeed);
  using stop = stopOnSignal();
  try {
    const tracks = await openCatalogueTracks({
      set,
      frontEnd: encoder.frontEnd,
      minSamples: MIN_HEARD_SECONDS * encoder.frontEnd.sampleRate,
      workers: settings.workers,
      cache: audioCacheFolder(process.env),
      provider: deviceFrom(given, provider),
      intraOpThreads: threads,
      signal: stop.signal,
      onDecoded: (done, total) => terminal.progress({ phase: "decoding", done, total }),
    });
    try {
      const {
        files,
        head: _head,
        ...metrics
      } = await trainHead({
        encoder,
        set,
        parts,
        validator: tracks.validator,
        id,
        l2,
        silence,
      });
      await writeOutFolder(out, files);
      const result: HeadTrainingResult = {
        schemaVersion: 1,
        out,
        listener: listeners[0]!,
        l2,
        tracks: parts.train.length,
        ...metrics,
      };
      terminal.print(given.json ? `${JSON.stringify(result)}\n` : formatHeadTraining(result));
    } finally {
      await tracks.close();
    }
  } catch (error) {
    throw stop.received ? new Interrupted(stop.received, "stopped; nothing was written") : error;
  }
}
