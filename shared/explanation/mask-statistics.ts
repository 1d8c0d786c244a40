import type { Mask } from "./mask.ts";

/** The lowest or highest logit among masks of one size. */
export interface Extreme {
  logit: number;
  /** Of several masks with that logit, the one with the smallest number (mask-number.ts). */
  mask: Mask;
}

/**
 * What all 2^components masks say, by the number of components kept. From it follow the exact fit
 * at any kernel width (exhaustive-fit.ts), Shapley values (shapley.ts) and the smallest sufficient
 * and necessary sets.
 *
 * Relevances are measured from that of the whole track: where all are close to it, the small
 * differences keep their digits.
 */
export interface MaskStatistics {
  components: number;
  /** Relevance of the whole track. */
  origin: number;
  /** [components + 1]: sum of (relevance - origin) over the masks that keep so many. */
  riseSum: Float64Array;
  /** [components + 1]: sum of (relevance - origin)^2. */
  riseSquareSum: Float64Array;
  /** [(components + 1) x components]: sum of (relevance - origin) where the component is kept. */
  riseSumOn: Float64Array;
  /** [components + 1] */
  lowest: readonly Extreme[];
  /** [components + 1] */
  highest: readonly Extreme[];
}
