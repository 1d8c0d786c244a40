import type { Progress } from "@lemons/shared/contract/job";
import { t } from "./texts/translate.ts";

type Phase = Progress["phase"];

/**
 * Where each phase ends on the bar. Asking the model takes most of the time, so it gets most of the
 * length.
 */
const PHASE_ENDS: readonly (readonly [Phase, number])[] = [
  ["waiting", 0.02],
  ["fetching", 0.05],
  ["decoding", 0.08],
  ["separating", 0.2],
  ["scoring", 0.92],
  ["fitting", 0.95],
  ["storing", 1],
];

/** Share of the whole work that is done, 0 to 1. */
export function progressFraction({ phase, done, total }: Progress): number {
  const position = PHASE_ENDS.findIndex(([name]) => name === phase);
  const start = position === 0 ? 0 : PHASE_ENDS[position - 1]![1];
  const end = PHASE_ENDS[position]![1];
  const within = total > 0 ? Math.min(1, done / total) : 0;
  return start + (end - start) * within;
}

/** What is being done at the moment, in plain words; null is a job that has not begun. */
export function phaseWords(progress: Progress | null): string {
  return progress === null ? t("phase.queued") : t(`phase.${progress.phase}`);
}

/** How much of the phase is done, in words, where there is something to count. */
export function countWords(progress: Progress | null): string | null {
  if (progress === null || progress.total <= 1) return null;
  const { done, total } = progress;
  return t("phase.count", { done, total });
}
