import type { Columns } from "./time-window.ts";

/**
 * Some of a tensor's columns, in terms that do not depend on how many it has: `start` counts from
 * the begin where it is >= 0, else from the end; `end` counts from the begin where it is > 0, else
 * from the end.
 */
export interface Stretch {
  start: number;
  end: number;
}

/** What part of a convolution's input some columns are. */
export interface PartialShape {
  /** Null for all of the tensor's columns. */
  stretch: Stretch | null;
  /** Zeros that stand for the columns of others, or for nothing at a true end. */
  padBegin: number;
  padEnd: number;
}

/** One block of a chain. */
export interface BlockShape {
  block: number;
  /**
   * The chain's own columns of the level before; null where it has none there and starts with what
   * others contribute.
   */
  self: PartialShape | null;
  /** Which sums of other intervals' shares are added to the convolution's result. */
  addends: readonly ("low" | "high")[];
  poolPads: readonly (readonly [begin: number, end: number])[];
}

/** Some columns of a level, computed from the spectrogram apart from all others. */
export interface Strip {
  /** Of the spectrogram. */
  stretch: Stretch | null;
  /** Padding of every operator of the blocks before the level. */
  pads: readonly (readonly (readonly [begin: number, end: number])[])[];
}

/**
 * Which axis of [batch, channels, ., .] is time; the other is bands. Onnxruntime's convolution skips
 * padded rows of axis 2 altogether, and of axis 3 it computes six positions at a time, but those with
 * padding one by one. So 2 is for few columns, which are mostly padding, and 3 for many.
 */
export type TimeAxis = 2 | 3;

/**
 * All that decides the graph of a chain, which follows an interval's columns (or those of several
 * segments side by side) from the first level that has any to the last: two chains of the same shape
 * run in the same session.
 */
export interface ChainShape {
  /** Of the tensors within; 3 only where there are no partials and no addends. */
  timeAxis: TimeAxis;
  /** Whether the chain has columns of the spectrogram. */
  fromPower: boolean;
  /** Strips that make up a level side by side, where its columns are not computed all at once. */
  strips: { level: number; strips: readonly Strip[] } | null;
  /** Blocks in order, from the strips' level on; some may be missing at either end. */
  blocks: readonly BlockShape[];
  /** Shares in block `level` of other intervals, from columns of that level. */
  partials: readonly PartialOutput[];
  /** Columns of the last level that are pooled, each group apart. */
  pooled: readonly { stretch: Stretch | null }[];
  /** Sizes of the inputs where they are always the same; null where they vary. */
  sizes: ChainSizes | null;
}

export interface PartialOutput {
  level: number;
  /** What part of the level's columns, or of the strip's. */
  shape: PartialShape;
  /** Where the level's columns are never all there. */
  strip: Strip | null;
}

/** Sizes that onnxruntime has to know beforehand in order to add within a convolution. */
export interface ChainSizes {
  /** Combinations of a run. */
  batch: number;
  /** Rows of the sums of either side: `batch`, or 1 where all combinations of a run share it. */
  low: number;
  high: number;
  /** Of the spectrogram; 0 where the chain starts later. */
  frames: number;
  /** `columns[i]`: columns that the convolution of `blocks[i]` gives. */
  columns: readonly number[];
}

/** Writes a part of a tensor's columns, each end from the nearer end of the tensor. */
export function stretchOf(part: Columns, whole: Columns): Stretch | null {
  if (part.start === whole.start && part.end === whole.end) return null;
  const isLate = part.start - whole.start > whole.end - part.end;
  const isWide = part.end - part.start > (whole.end - whole.start) / 2;
  return {
    start: isLate && !isWide ? part.start - whole.end : part.start - whole.start,
    end: isLate || isWide ? part.end - whole.end : part.end - whole.start,
  };
}
