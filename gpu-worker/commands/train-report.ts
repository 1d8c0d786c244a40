import type {
  CrossValidation,
  HeadTrainingResult,
  PartMetrics,
  TrainingResult,
} from "@lemons/shared/contract/training";
import type { EpochReport, StepReport } from "../research/training-run/train-model.ts";

/** One line an epoch. @param secondsLeft estimated; null where unknown */
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

/** What stands beside the bar. */
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

/** A finished training for people. */
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

/** A fitted head for people. */
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

/** A cross-validation for people. */
export function formatCrossValidation(result: CrossValidation): string {
  const { folds, listeners, mean, sd, run, logits } = result;
  const width = Math.max("listener".length, ...listeners.map(({ listener }) => listener.length));
  const cell = (text: string, size: number) => text.padStart(size);
  const over = ({ mean: value, sd: deviation }: CrossValidation["listeners"][number]["auc"]) =>
    cell(value === null ? "-" : `${value.toFixed(3)} +- ${metric(deviation)}`, 14);
  return [
    `${folds}-fold cross-validation by track: each of ${logits.length} tracks is scored by a model that was not trained on it`,
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
    "AUC and AP are of all tracks together; over folds: mean +- sd of the folds in which the listener has heard some tracks and not others.",
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
