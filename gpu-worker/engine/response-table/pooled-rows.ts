import type { Interval } from "./combinations.ts";
import type { Trunk } from "./trunk.ts";

/** Sums and maxima of one interval's columns: [combinations x channels] each. */
export interface PooledRows {
  interval: Interval;
  columns: number;
  sums: Float64Array;
  maxima: Float32Array;
}

/** Rows of an interval none of whose columns has been computed. */
export function emptyRows(trunk: Trunk, interval: Interval, combinations: number): PooledRows {
  return {
    interval,
    columns: 0,
    sums: new Float64Array(combinations * trunk.meanChannels),
    maxima: new Float32Array(combinations * trunk.maxChannels).fill(-Infinity),
  };
}

/**
 * Adds columns of consecutive combinations.
 *
 * @param pooled of each piece, [combinations, channels]: sums or maxima over columns
 * @param place the first row, how many, and how many times each: columns that are alike are added at once
 */
export function addPooled(
  { pieces, meanChannels, maxChannels }: Trunk,
  { sums, maxima }: PooledRows,
  pooled: readonly Float32Array[],
  { row, rows, times }: { row: number; rows: number; times: number },
): void {
  let mean = 0;
  let max = 0;
  pieces.forEach(({ size, time }, piece) => {
    const values = pooled[piece]!;
    for (let item = 0; item < rows; item++) {
      for (let i = 0; i < size; i++) {
        const value = values[item * size + i]!;
        if (time === "mean") {
          sums[(row + item) * meanChannels + mean + i]! += times * value;
        } else {
          const at = (row + item) * maxChannels + max + i;
          if (!(value <= maxima[at]!)) maxima[at] = value;
        }
      }
    }
    if (time === "mean") mean += size;
    else max += size;
  });
}
