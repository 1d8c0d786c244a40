import type { Block } from "./blocks.ts";
import type { ChainSizes } from "./chain-shape.ts";
import { bitsOf, type Components, type Interval } from "./combinations.ts";

/** Bytes of one tensor that are worth having at a time: about a second-level cache. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Columns that the convolution of a block gives for one combination. */
export interface ConvolvedColumns {
  block: number;
  columns: number;
}

/**
 * Combinations of one run: a power of two that divides all of them, few enough that a tensor stays
 * in cache.
 */
export function batchOf(
  blocks: readonly Block[],
  convolved: readonly ConvolvedColumns[],
  bits: number,
): number {
  const fitting = Math.max(1, BATCH_BYTES / tensorBytes(blocks, convolved));
  return 2 ** Math.min(bits, Math.floor(Math.log2(fitting)));
}

/** Estimate of what a run takes: a tensor, what is made of it, and copies in other layouts. */
export function runBytes(
  blocks: readonly Block[],
  { batch, convolved }: { batch: number; convolved: readonly ConvolvedColumns[] },
): number {
  return 3 * batch * tensorBytes(blocks, convolved);
}

/** Of one combination in the largest tensor. */
function tensorBytes(blocks: readonly Block[], convolved: readonly ConvolvedColumns[]): number {
  const bytes = convolved.map(({ block, columns }) => {
    const { channels, bands } = blocks[block]!.convolution.shape;
    return 4 * channels * bands * columns;
  });
  return Math.max(1, ...bytes);
}

/**
 * Sizes of an interval of two or more segments. Combinations that follow each other differ in the
 * first segments' bits, so that the rows of one side's sums follow each other too while the other
 * side's is the same.
 */
export function sizesOf(
  blocks: readonly Block[],
  components: Components,
  { first, last }: Interval,
  convolved: readonly ConvolvedColumns[],
  frames: number,
): ChainSizes {
  const firstBits = components.audible[first]!.length;
  const lowBits = bitsOf(components, { first, last: last - 1 });
  const all = bitsOf(components, { first, last });
  const batch = batchOf(blocks, convolved, firstBits || lowBits || all);
  const columns = convolved.map((each) => each.columns);
  const low = Math.min(batch, 2 ** lowBits);
  return { batch, low, high: firstBits === 0 ? batch : 1, frames, columns };
}
