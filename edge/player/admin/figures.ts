import type { Batch } from "./admin-api.ts";

/** A length of time in its largest unit that is not a fraction. */
export function durationWords(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A part as a whole per cent, never rounded up to all or down to nothing. */
export function percent(part: number): string {
  const whole = Math.round(part * 100);
  if (whole === 100 && part < 1) return "99 %";
  if (whole === 0 && part > 0) return "1 %";
  return `${whole} %`;
}

/** An amount of dollars, with cents as long as they matter. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 100 ? 2 : 0)}`;
}

/** How far a batch is, from 0 to 1; null while nothing is known of what there is to do. */
export function progressOf({ counts, planning, state }: Batch): number | null {
  const ended = counts.done + counts.failed + counts.skipped;
  const all = ended + counts.planned + counts.running;
  if (state !== "running") return 1;
  if (planning || all === 0) return null;
  return ended / all;
}

/** What a batch is at, in a few words. */
export function stateWords({ state, planning, secondsLeft, counts }: Batch): string {
  if (state === "cancelled") return "cancelled";
  if (state === "done") return counts.failed > 0 ? "done, with failures" : "done";
  if (planning) return "planning";
  return secondsLeft === null ? "running" : `running, ${durationWords(secondsLeft)} left`;
}
