import type { Block } from "./blocks.ts";
import { behindWindow, ONE_FRAME } from "./receptive-field.ts";
import { type Columns, columnCount } from "./time-window.ts";

/**
 * How much of a silent track is enough. Behind silence all columns are alike but for those that see
 * an end of the track, so a whole track pools what a short one does and `columns` alike ones more.
 */
export interface ShortSilence {
  /** Of the short track. */
  frames: number;
  /** Frames less that leave one pooled column less. */
  period: number;
  /** Pooled columns that the whole track has more. */
  columns: number;
}

/** Below this many frames less, a run of its own is not worth it. */
const MIN_SAVED_FRAMES = 256;

/** @returns null where that saves little */
export function shortSilenceOf(blocks: readonly Block[], track: Columns): ShortSilence | null {
  const { frames: seen, stride: period } = blocks
    .flatMap(({ windows }) => windows)
    .reduce(behindWindow, ONE_FRAME);
  // With one period less there is still a column that sees no end.
  const least = seen + 3 * period;
  const columns = Math.floor((columnCount(track) - least) / period);
  if (columns * period < MIN_SAVED_FRAMES) return null;
  return { frames: columnCount(track) - columns * period, period, columns };
}
