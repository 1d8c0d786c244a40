import type { Columns } from "./windows.ts";

/**
 * A range of a tensor's columns, independent of the tensor's length: `start` counts from the
 * beginning if it is >= 0, else from the end; `end` counts from the beginning if it is > 0, else from
 * the end.
 */
export interface Stretch {
  start: number;
  end: number;
}

/** The part of a convolution's input that a range of columns makes up. */
export interface PartialShape {
  /** Null for all of the tensor's columns. */
  stretch: Stretch | null;
  /** Zeros in place of columns that others contribute, or beyond a true end. */
  padBegin: number;
  padEnd: number;
}

/** One block of a chain. */
export interface BlockShape {
  block: number;
  /**
   * The chain's own columns of the level before; null if it has none there and starts with the shares
   * of others.
   */
  self: PartialShape | null;
  /** The sums of other intervals' shares that are added to the convolution's output. */
  addends: readonly ("low" | "high")[];
  poolPads: readonly (readonly [begin: number, end: number])[];
}

/** A range of a level's columns, computed from the spectrogram separately from all others. */
export interface Strip {
  /** Frames of the spectrogram. */
  stretch: Stretch | null;
  /** Padding of every operator of the blocks before the level. */
  pads: readonly (readonly (readonly [begin: number, end: number])[])[];
}

/**
 * The axis of [batch, channels, ., .] that is time; the other one is bands. onnxruntime's convolution
 * skips padded rows of axis 2. Along axis 3 it computes six positions at a time, but positions with
 * padding one by one. So 2 is faster for few columns, which are mostly padding, and 3 for many.
 */
export type TimeAxis = 2 | 3;

/**
 * Everything that determines the graph of a chain. A chain computes the columns of an interval, or of
 * several adjacent segments, from their first level to the last. Chains of the same shape share a
 * session.
 */
export interface ChainShape {
  /** Layout of the inner tensors; 3 only without partials and addends. */
  timeAxis: TimeAxis;
  /** True if the chain reads columns of the spectrogram. */
  fromPower: boolean;
  /** The strips that make up a level; null if its columns are computed all at once. */
  strips: { level: number; strips: readonly Strip[] } | null;
  /** Blocks in order, from the strips' level on; blocks may be missing at either end. */
  blocks: readonly BlockShape[];
  /** Contributions to block `level` of other intervals, from columns of that level. */
  partials: readonly PartialOutput[];
  /** Groups of the last level's columns; each is pooled separately. */
  pooled: readonly { stretch: Stretch | null }[];
  /** Sizes of the inputs; null if they vary. */
  sizes: ChainSizes | null;
}

export interface PartialOutput {
  level: number;
  /** The part of the level's columns, or of the strip's. */
  shape: PartialShape;
  /** Set if the level's columns are never all in memory. */
  strip: Strip | null;
}

/** Output columns of a block's convolution for one combination. */
export interface ConvolvedColumns {
  block: number;
  columns: number;
}

/** Sizes that onnxruntime must know in advance to add within a convolution. */
export interface ChainSizes {
  /** Combinations of a run. */
  batch: number;
  /** Rows of each side's sums: `batch`, or 1 if all combinations of a run share one. */
  low: number;
  high: number;
  /** Frames of the spectrogram; 0 if the chain starts at a later level. */
  frames: number;
  /** `columns[i]`: output columns of the convolution of `blocks[i]`. */
  columns: readonly number[];
}

/** Expresses a part of a tensor's columns relative to the nearer end of the tensor. */
export function stretchOf(part: Columns, whole: Columns): Stretch | null {
  if (part.start === whole.start && part.end === whole.end) return null;
  const isLate = part.start - whole.start > whole.end - part.end;
  const isWide = part.end - part.start > (whole.end - whole.start) / 2;
  return {
    start: isLate && !isWide ? part.start - whole.end : part.start - whole.start,
    end: isLate || isWide ? part.end - whole.end : part.end - whole.start,
  };
}
