import type { TrunkBlock } from "./blocks.ts";
import {
  type IntervalColumns,
  intervalKey,
  intervalsOf,
  type SegmentsSeen,
  segmentsSeenThrough,
} from "./intervals.ts";
import { type Columns, inputOf, type WindowInput } from "./windows.ts";

/** The columns between two blocks: level 0 is the spectrogram, level b the output of block b. */
export interface Level {
  length: number;
  /** By `intervalKey`, without intervals that have no columns. */
  intervals: ReadonlyMap<string, IntervalColumns>;
}

/** The columns of a track at every level. */
export interface Levels {
  /** One more than the number of blocks. */
  levels: Level[];
  /** `lengths[b][i]`: columns that enter operator i of block b; the last entry leaves the block. */
  lengths: number[][];
}

/**
 * Groups the columns of every level by the segments that they depend on, derived window by window.
 *
 * @returns null if columns that see the same segments are not adjacent
 */
export function levelsOf(blocks: readonly TrunkBlock[], frames: SegmentsSeen): Levels | null {
  const first = levelOf(frames);
  if (!first) return null;
  const levels = [first];
  const lengths: number[][] = [];
  let seen = frames;
  for (const { windows } of blocks) {
    const within = [seen.first.length];
    for (const window of windows) {
      seen = segmentsSeenThrough(window, seen);
      within.push(seen.first.length);
    }
    const level = levelOf(seen);
    if (!level) return null;
    levels.push(level);
    lengths.push(within);
  }
  return { levels, lengths };
}

function levelOf(seen: SegmentsSeen): Level | null {
  const runs = intervalsOf(seen);
  if (!runs) return null;
  const intervals = new Map(runs.map((run) => [intervalKey(run), run]));
  return { length: seen.first.length, intervals };
}

/** The columns that a block needs for a range of its output columns. */
export interface BlockInput {
  /** Output columns of the convolution. */
  convolved: Columns;
  /** Columns that the convolution reads, and its padding at true ends. */
  input: WindowInput;
  /** Padding of each pooling at true ends. */
  poolPads: (readonly [begin: number, end: number])[];
}

/**
 * Walks a block backwards from a non-empty range of its output columns.
 *
 * @param lengths columns that enter each operator of the block
 */
export function blockInputOf(
  { windows }: TrunkBlock,
  output: Columns,
  lengths: readonly number[],
): BlockInput {
  const poolPads: (readonly [number, number])[] = [];
  let columns = output;
  for (let i = windows.length - 1; i >= 1; i--) {
    const needed = inputOf(windows[i]!, columns, lengths[i]!);
    poolPads.unshift([needed.padBegin, needed.padEnd]);
    columns = needed.columns;
  }
  return { convolved: columns, input: inputOf(windows[0]!, columns, lengths[0]!), poolPads };
}
