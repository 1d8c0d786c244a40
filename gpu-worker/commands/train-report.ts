import type {
  CrossValidation,
  HeadTrainingResult,
  PartMetrics,
  TrainingResult,
} from "@lemons/shared/contract/training";
import type { RunObserver } from "../research/run-record/run-observer.ts";
import type { EpochReport, StepReport } from "../research/training-run/train-model.ts";
import type { Terminal } from "./terminal.ts";

/** Formats an epoch as one line. @param secondsLeft estimate, or null if unknown */
export function epochLine(
  { epoch, loss, validation, seconds, best }: EpochReport,
  epochs: number,
  secondsLeft: number | null,
): string {
  const parts = [
    epoch === 0 ? "before training" : `epoch ${epoch}/${epochs}`,
    ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(validation === null
      ? []
      : [
          `val loss ${validation.loss.toFixed(4)}`,
          `AUC ${metric(validation.auc)}`,
          `AP ${metric(validation.ap)}`,
        ]),
    ...(best === null || best.value === null
      ? []
      : [best.epoch === epoch ? "best so far" : `best: epoch ${best.epoch}`]),
    ...(epoch === 0 ? [] : [duration(seconds)]),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
  ];
  return parts.join("  ");
}

/** Formats a step for the progress bar. */
export function stepText(
  { epoch, step, steps, loss }: StepReport,
  epochs: number,
  last: EpochReport | null,
  secondsLeft: number | null,
): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `step ${step}/${steps}`,
    `loss ${loss.toFixed(4)}`,
    ...(last?.validation ? [`AUC ${metric(last.validation.auc)}`] : []),
    ...(last && last.epoch > 0 ? [`${duration(last.seconds)} an epoch`] : []),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
  ].join("  ");
}

/** Formats a finished training. */
export function formatTraining(result: TrainingResult): string {
  const { config, epochs, bestEpoch, tracks, validation, test, out, run } = result;
  const kept =
    config.bestBy === "last"
      ? "the last is kept"
      : `epoch ${bestEpoch} is kept, by ${config.bestBy}`;
  return [
    `${epochs} epochs on ${tracks.train} tracks; ${kept}`,
    "",
    ...partTable("validation", validation),
    ...partTable("test", test),
    `Model: ${out}`,
    `Record: ${run}`,
    "",
  ].join("\n");
}

/** Formats a fitted head. */
export function formatHeadTraining(result: HeadTrainingResult): string {
  const { listener, tracks, validation, test, out, l2 } = result;
  return [
    `A head for ${listener}, fitted on ${tracks} tracks with L2 ${l2}`,
    "",
    ...partTable("validation", validation),
    ...partTable("test", test),
    `Model: ${out}`,
    "",
  ].join("\n");
}

function partTable(name: string, part: PartMetrics | null): string[] {
  if (part === null) return [];
  const names = ["validation", ...part.listeners.map(({ listener }) => listener)];
  const width = Math.max(...names.map(({ length }) => length));
  return [
    `${name.padEnd(width)}   listened    AUC     AP`,
    ...part.listeners.map(({ listener, positives, tracks, auc, ap }) =>
      [
        listener.padEnd(width),
        `${positives} of ${tracks}`.padStart(9),
        metric(auc).padStart(5),
        metric(ap).padStart(5),
      ].join("  "),
    ),
    [
      "mean".padEnd(width),
      " ".repeat(9),
      metric(part.auc).padStart(5),
      `${metric(part.ap).padStart(5)}   loss ${part.loss.toFixed(4)}`,
    ].join("  "),
    "",
  ];
}

/** Formats a cross-validation. */
export function formatCrossValidation(result: CrossValidation): string {
  const { folds, listeners, mean, sd, run, logits } = result;
  const width = Math.max("listener".length, ...listeners.map(({ listener }) => listener.length));
  const cell = (text: string, size: number) => text.padStart(size);
  const over = ({ mean: value, sd: deviation }: CrossValidation["listeners"][number]["auc"]) =>
    cell(value === null ? "-" : `${value.toFixed(3)} +- ${metric(deviation)}`, 14);
  return [
    `${folds}-fold cross-validation by track: each of ${logits.length} tracks is scored by a model not trained on it`,
    "",
    [
      "listener".padEnd(width),
      " listened",
      "   AUC",
      "    AP",
      cell("AUC over folds", 14),
      cell("AP over folds", 14),
    ].join("  "),
    ...listeners.map((each) =>
      [
        each.listener.padEnd(width),
        cell(`${each.positives} of ${logits.length}`, 9),
        cell(metric(each.pooledAuc), 6),
        cell(metric(each.pooledAp), 6),
        over(each.auc),
        over(each.ap),
      ].join("  "),
    ),
    ...[["mean", mean] as const, ["sd", sd] as const].map(([name, { auc, ap }]) =>
      [name.padEnd(width), " ".repeat(9), cell(metric(auc), 6), cell(metric(ap), 6)].join("  "),
    ),
    "",
    "AUC and AP are over all tracks; over folds: mean +- sd of the folds with both heard and unheard tracks.",
    `Record: ${run}`,
    "",
  ].join("\n");
}

function metric(value: number | null): string {
  return value === null ? "-" : value.toFixed(3);
}

/** `4.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** Number of latest epochs behind the estimate of the time left. */
const RECENT_EPOCHS = 5;

/**
 * Shows a training's progress and records every line with the observer.
 *
 * @param prefix precedes every line
 */
export function createTrainProgress(
  terminal: Terminal,
  observer: RunObserver,
  epochs: number,
  prefix = "",
) {
  let last: EpochReport | null = null;
  const recent: number[] = [];
  const secondsLeft = (epochsLeft: number) =>
    recent.length === 0
      ? null
      : (epochsLeft * recent.reduce((sum, each) => sum + each, 0)) / recent.length;

  return {
    onStep(report: StepReport): void {
      const { epoch, step, steps } = report;
      const done = epoch - 1 + step / steps;
      const text = stepText(report, epochs, last, secondsLeft(epochs - done));
      terminal.step(`${prefix}${text}`, done, epochs);
    },
    onEpoch(report: EpochReport): void {
      last = report;
      if (report.epoch > 0) recent.push(report.seconds);
      if (recent.length > RECENT_EPOCHS) recent.shift();
      const line = `${prefix}${epochLine(report, epochs, secondsLeft(epochs - report.epoch))}`;
      terminal.note(line);
      observer.line(line);
    },
  };
}
