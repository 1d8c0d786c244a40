import type { TrunkBlock } from "./blocks.ts";
import { type ChainShape, type ConvolvedColumns, type Strip, stretchOf } from "./chain-shape.ts";
import { type Columns, inputWithin } from "./windows.ts";

/** Limits the strips, because loading their operators costs as much as a few runs gain. */
const MAX_STRIPS_A_RUN = 4;

/** Tensors at least this many strips long are worth cutting. */
const MIN_STRIPS = 4;

/** Columns that onnxruntime's convolution computes at a time. */
const COLUMN_GROUP = 6;

/** The columns of a patch at each operator. */
export interface PatchColumns {
  /** `entered[b][i]`: columns, in the whole track, that enter operator i of block b. */
  entered: readonly (readonly Columns[])[];
  /** Outputs of the convolutions. */
  convolved: readonly ConvolvedColumns[];
}

/**
 * Cuts the first blocks into strips of time. Their tensors are too large to stay in cache from one
 * operator to the next. The few columns that adjacent strips both need are computed twice.
 *
 * @param maxBytes of a strip's largest tensor
 * @param runs of the chain
 * @returns null if strips gain nothing
 */
export function stripsOf(
  blocks: readonly TrunkBlock[],
  { entered, convolved }: PatchColumns,
  maxBytes: number,
  runs: number,
): ChainShape["strips"] {
  const sizes = convolved.map(({ block, columns }) => {
    const { channels, bands } = blocks[block]!.convolution.shape;
    return 4 * channels * bands * columns;
  });
  const small = sizes.findIndex((bytes) => bytes < MIN_STRIPS * maxBytes);
  // The last block is not cut, because its columns are pooled together.
  const level = Math.min(small < 0 ? Infinity : small, convolved.length - 1);
  if (level < 1) return null;
  const { start, end } = entered[level]![0]!;
  const wanted = Math.ceil(Math.max(...sizes.slice(0, level)) / maxBytes);
  const count = Math.min(wanted, MAX_STRIPS_A_RUN * runs, Math.floor((end - start) / COLUMN_GROUP));
  if (count < 2) return null;
  const cut = (i: number) =>
    i === count
      ? end
      : start + COLUMN_GROUP * Math.floor((i * (end - start)) / count / COLUMN_GROUP);
  const strips = Array.from({ length: count }, (_, i) =>
    stripOf(blocks, entered, level, { start: cut(i), end: cut(i + 1) }),
  );
  return { level, strips };
}

/** Plans how a range of a level's columns is computed from the spectrogram alone. */
export function stripOf(
  blocks: readonly TrunkBlock[],
  entered: PatchColumns["entered"],
  level: number,
  columns: Columns,
): Strip {
  let needed = columns;
  const pads: [number, number][][] = [];
  for (let index = level - 1; index >= 0; index--) {
    const { windows } = blocks[index]!;
    const ofBlock: [number, number][] = [];
    for (let i = windows.length - 1; i >= 0; i--) {
      const input = inputWithin(windows[i]!, needed, entered[index]![i]!);
      ofBlock.unshift([input.padBegin, input.padEnd]);
      needed = input.columns;
    }
    pads.unshift(ofBlock);
  }
  return { stretch: stretchOf(needed, entered[0]![0]!), pads };
}
