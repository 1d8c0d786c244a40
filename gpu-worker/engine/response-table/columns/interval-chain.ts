import type { TrunkBlock } from "./blocks.ts";
import { type BlockShape, type ConvolvedColumns, stretchOf } from "./chain-shape.ts";
import { type IntervalColumns, intervalKey, type SegmentInterval } from "./intervals.ts";
import { blockInputOf, type Levels } from "./levels.ts";
import { type Columns, columnCount, intersection } from "./windows.ts";

/** The contribution of columns of `from` to the convolution of block `level` for `to`'s columns. */
export interface Share {
  from: SegmentInterval;
  to: SegmentInterval;
  /** Level of the columns, which is also the number of the block that reads them. */
  level: number;
  columns: Columns;
  padBegin: number;
  padEnd: number;
  /** Output columns of the convolution. */
  convolved: number;
  /**
   * `low`: `from` doesn't include `to`'s last segment. `high`: it does, but not `to`'s first. Sums of
   * either side depend on all but one segment of `to`.
   */
  side: "low" | "high";
}

/** An interval of two or more segments: few columns, many combinations. */
export interface IntervalChain {
  interval: SegmentInterval;
  /** Frames that the first block reads; null if the chain starts at a later level. */
  frames: Columns | null;
  blocks: BlockShape[];
  /** Outputs of the convolutions of `blocks`. */
  convolved: ConvolvedColumns[];
  shares: Share[];
}

/**
 * Plans how an interval's columns are computed level by level. A convolution is linear, so the
 * contributions of the interval's own columns and of each narrower interval's are computed separately,
 * each for its own combinations, and added up. The first block reads the frames of narrower intervals
 * directly: they are available for all combinations, and convolving one channel costs less than
 * adding up.
 */
export function planIntervalChain(
  blocks: readonly TrunkBlock[],
  { levels, lengths }: Levels,
  interval: SegmentInterval,
): IntervalChain {
  const key = intervalKey(interval);
  const shapes: BlockShape[] = [];
  const shares: Share[] = [];
  const counts: ConvolvedColumns[] = [];
  let frames: Columns | null = null;
  blocks.forEach((block, index) => {
    const output = levels[index + 1]!.intervals.get(key);
    if (!output) return;
    const { convolved, input, poolPads } = blockInputOf(block, output, lengths[index]!);
    const addends = new Set<"low" | "high">();
    let self: BlockShape["self"] = null;
    if (index === 0) {
      const { columns, padBegin, padEnd } = input;
      frames = columns;
      shapes.push({ block: 0, self: { stretch: null, padBegin, padEnd }, addends: [], poolPads });
      counts.push({ block: 0, columns: columnCount(convolved) });
      return;
    }
    for (const run of levels[index]!.intervals.values()) {
      const columns = intersection(run, input.columns);
      if (columnCount(columns) === 0) continue;
      const padBegin = input.padBegin + columns.start - input.columns.start;
      const padEnd = input.padEnd + input.columns.end - columns.end;
      if (run.first === interval.first && run.last === interval.last) {
        self = { stretch: stretchOf(columns, run), padBegin, padEnd };
        continue;
      }
      const side = sideOf(run, interval);
      addends.add(side);
      shares.push({
        from: { first: run.first, last: run.last },
        to: interval,
        level: index,
        columns,
        padBegin,
        padEnd,
        convolved: columnCount(convolved),
        side,
      });
    }
    const sides = (["low", "high"] as const).filter((side) => addends.has(side));
    shapes.push({ block: index, self, addends: sides, poolPads });
    counts.push({ block: index, columns: columnCount(convolved) });
  });
  return { interval, frames, blocks: shapes, convolved: counts, shares };
}

function sideOf({ last }: IntervalColumns, interval: SegmentInterval): Share["side"] {
  return last < interval.last ? "low" : "high";
}
