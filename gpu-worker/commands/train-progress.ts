import type { RunObserver } from "../research/run-record/run-observer.ts";
import type { EpochReport, StepReport } from "../research/training-run/train-model.ts";
import type { Terminal } from "./terminal.ts";
import { epochLine, stepText } from "./train-report.ts";

/** How many of the latest epochs the time left is estimated from. */
const EPOCHS_REMEMBERED = 5;

/**
 * Shows how a training goes, and tells the observer every line.
 *
 * @param prefix of every line
 */
export function createTrainProgress(
  terminal: Terminal,
  observer: RunObserver,
  epochs: number,
  prefix = "",
) {
  let last: EpochReport | null = null;
  const lately: number[] = [];
  const secondsLeft = (epochsLeft: number) =>
    lately.length === 0
      ? null
      : (epochsLeft * lately.reduce((sum, each) => sum + each, 0)) / lately.length;

  return {
    onStep(report: StepReport): void {
      const { epoch, step, steps } = report;
      const done = epoch - 1 + step / steps;
      const text = stepText(report, epochs, last, secondsLeft(epochs - done));
      terminal.step(`${prefix}${text}`, done, epochs);
    },
    onEpoch(report: EpochReport): void {
      last = report;
      if (report.epoch > 0) lately.push(report.seconds);
      if (lately.length > EPOCHS_REMEMBERED) lately.shift();
      const line = `${prefix}${epochLine(report, epochs, secondsLeft(epochs - report.epoch))}`;
      terminal.note(line);
      observer.line(line);
    },
  };
}
