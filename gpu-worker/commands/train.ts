import { join } from "node:path";
import type { CrossValidation, TrainingResult } from "@lemons/shared/contract/training";
import { Interrupted, type SignalStop, stopOnSignal } from "../process/exit-code.ts";
import { writeOutFolder } from "../process/out-folder.ts";
import type { RunObserver } from "../research/run-record/run-observer.ts";
import { audioCacheFolder } from "../research/training-data/decoded-track.ts";
import { crossValidate } from "../research/training-run/cross-validate.ts";
import { recordRun } from "../research/training-run/record-run.ts";
import { runTraining } from "../research/training-run/run-training.ts";
import {
  openTrainingSession,
  type TrainingSession,
} from "../research/training-run/training-session.ts";
import { defineCommand, type Given } from "./command.ts";
import { type PreparedTraining, prepareTraining } from "./prepare-training.ts";
import type { Terminal } from "./terminal.ts";
import { runHeadOnly } from "./train-head-only.ts";
import { createTrainProgress, formatCrossValidation, formatTraining } from "./train-report.ts";
import { TRAIN_OPTIONS } from "./train-settings.ts";

export const train = defineCommand({
  name: "train",
  summary: "train a model of one listener's taste, or of several, from a catalogue",
  usage: [
    "train --catalogue DIR --listener L --out DIR [...]",
    "train --catalogue DIR --shared-encoder [--listener L...] --out DIR [...]",
    "train --catalogue DIR --listener L --head-only --model PKG --out DIR [...]",
    "train --catalogue DIR --listener L|--shared-encoder --cross-validation K [...]",
  ],
  options: TRAIN_OPTIONS,
  handlesInterrupt: true,
  run: runTrain,
});

interface Result {
  document: TrainingResult | CrossValidation;
  text: string;
  /** The result of the run in Sacred's sense. */
  value: number | null;
}

/** The input of each kind of training. */
interface Work {
  prepared: PreparedTraining;
  observer: RunObserver;
  session: TrainingSession;
  stop: SignalStop;
  terminal: Terminal;
}

async function runTrain(given: Given<typeof TRAIN_OPTIONS>, terminal: Terminal): Promise<void> {
  if (given["head-only"]) return runHeadOnly(given, terminal);
  const prepared = await prepareTraining(given, process.env);
  using stop = stopOnSignal();
  const observer = await recordRun({ ...prepared, warn: (text) => terminal.note(text) });
  let session: TrainingSession | undefined;
  try {
    session = await openTrainingSession({
      ...prepared,
      workers: prepared.settings.workers,
      cache: audioCacheFolder(process.env),
      provider: prepared.device,
      signal: stop.signal,
      onDecoded: (done, total) => terminal.progress({ phase: "decoding", done, total }),
    });
    const work = prepared.settings.folds === null ? trainOnce : validateFolds;
    const result = await work({ prepared, observer, session, stop, terminal });
    await observer.end({ status: "COMPLETED", result: result.value }, new Date());
    terminal.print(given.json ? `${JSON.stringify(result.document)}\n` : result.text);
  } catch (error) {
    await observer.end(endOf(error, stop), new Date());
    throw stop.received && !(error instanceof Interrupted) ? stopped(prepared, stop, false) : error;
  } finally {
    await session?.close();
  }
}

async function trainOnce({ prepared, observer, session, stop, terminal }: Work): Promise<Result> {
  const { settings, config, folder: run } = prepared;
  const out = prepared.out!;
  const progress = createTrainProgress(terminal, observer, settings.epochs);
  const trained = await runTraining({ ...prepared, ...settings, ...progress, session, observer });
  const { files, validation, test, tracks, progress: reached } = trained;
  if (files) await writeOutFolder(out, files);
  if (trained.interrupted) throw stopped(prepared, stop, files !== null);
  for (const { name } of files ?? []) await observer.artifact(name, join(out, name));
  const { epoch: epochs, best } = reached;
  const bestEpoch = best!.epoch;
  const results = { epochs, bestEpoch, validation, test, tracks };
  const document: TrainingResult = { schemaVersion: 1, run, out, config, ...results };
  return { document, text: formatTraining(document), value: best!.value };
}

async function validateFolds(work: Work): Promise<Result> {
  const { prepared, observer, session, stop, terminal } = work;
  const { settings } = prepared;
  const folds = settings.folds!;
  const reports = Array.from({ length: folds }, (_, fold) =>
    createTrainProgress(terminal, observer, settings.epochs, `fold ${fold + 1}/${folds}  `),
  );
  const document = await crossValidate({
    ...prepared,
    ...settings,
    folds,
    session,
    observer,
    onStep: (fold, report) => reports[fold]!.onStep(report),
    onEpoch: (fold, report) => reports[fold]!.onEpoch(report),
  });
  if (document === null) throw stopped(prepared, stop, false);
  return { document, text: formatCrossValidation(document), value: document.mean.auc };
}

function endOf(error: unknown, { received }: SignalStop): Parameters<RunObserver["end"]>[0] {
  if (received) return { status: "INTERRUPTED" };
  return { status: "FAILED", error: error instanceof Error ? error : new Error(String(error)) };
}

/** @param isWritten whether the best epoch so far was written as a model package */
function stopped(
  { folder, isResumed, out }: PreparedTraining,
  { received }: SignalStop,
  isWritten: boolean,
): Interrupted {
  const written = isWritten ? `; the best epoch so far is in ${out}` : "";
  const again = isResumed ? "the same command" : `the same command and --model-load-path ${folder}`;
  return new Interrupted(received!, `stopped${written}; continue with ${again}`);
}
