import type { Progress } from "@lemons/shared/contract/job";
import { t } from "./words.ts";

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

/** What is being done at the moment, in plain words. */
export function progressWords(progress: Progress | null): string {
  if (progress === null) return t("phase.queued");
  const { phase, done, total } = progress;
  const name = t(`phase.${phase}`);
  return total > 1 ? t("phase.counted", { phase: name, done, total }) : name;
}
