import type { ConvolvedColumns } from "./batch.ts";
import type { Block } from "./blocks.ts";
import { type BlockShape, stretchOf } from "./chain-shape.ts";
import type { Interval } from "./combinations.ts";
import { type IntervalColumns, intervalKey } from "./intervals.ts";
import { blockInputOf, type Levels } from "./levels.ts";
import { type Columns, columnCount, intersection } from "./time-window.ts";

/** What columns of `from` contribute to the convolution of block `level` for `to`'s columns. */
export interface Share {
  from: Interval;
  to: Interval;
  /** Level of the columns; the block that reads them has the same number. */
  level: number;
  columns: Columns;
  padBegin: number;
  padEnd: number;
  /** Columns that the convolution gives. */
  convolved: number;
  /**
   * `low`: `from` sees nothing of `to`'s last segment. `high`: it sees that, but not `to`'s first.
   * Sums of either kind depend on all of `to` but one segment.
   */
  side: "low" | "high";
}

/** An interval of two or more segments: few columns, many combinations. */
export interface IntervalChain {
  interval: Interval;
  /** Of the spectrogram that the first block reads; null where the chain starts later. */
  frames: Columns | null;
  blocks: BlockShape[];
  /** What the convolutions of `blocks` give. */
  convolved: ConvolvedColumns[];
  shares: Share[];
}

/**
 * Plans how an interval's columns are computed level by level: the convolution is linear, so what
 * the interval's own columns and each narrower interval's columns contribute is computed apart, each
 * for its own combinations, and added up. The first block reads frames of narrower intervals itself:
 * they are known for all combinations, and a convolution of one channel costs less than adding up.
 */
export function planIntervalChain(
  blocks: readonly Block[],
  { levels, lengths }: Levels,
  interval: Interval,
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

function sideOf({ last }: IntervalColumns, interval: Interval): Share["side"] {
  return last < interval.last ? "low" : "high";
}
