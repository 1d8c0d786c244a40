import { sigmoid } from "./exponential.ts";
import { kept, MAX_ENUMERATED_COMPONENTS, type Mask, maskOfNumber, numberOfMask } from "./mask.ts";

/**
 * Returns the binomial coefficients C(n, 0) to C(n, n): the number of masks by components kept.
 *
 * @param n 0 to 50, for which all are exact in float64
 */
export function binomials(n: number): Float64Array {
  const row = new Float64Array(n + 1);
  row[0] = 1;
  for (let k = 1; k <= n; k++) row[k] = (row[k - 1]! * (n - k + 1)) / k;
  return row;
}

/** The lowest or highest logit among the masks of one size. */
export interface Extreme {
  logit: number;
  /** The mask with that logit; the one with the smallest number if there are several. */
  mask: Mask;
}

/**
 * The model's answers to all 2^components masks, summed by the number of components kept (the size
 * of a mask). The exact fit at any kernel width, Shapley values and the decisive sets follow from it.
 *
 * Sums are of differences to the relevance of the whole track, which keeps the digits of small
 * differences.
 */
export interface MaskStatistics {
  components: number;
  /** Relevance of the whole track. */
  origin: number;
  /** [components + 1]: sum of (relevance - origin) over the masks of each size. */
  riseSum: Float64Array;
  /** [components + 1]: sum of (relevance - origin)^2 over the masks of each size. */
  riseSquareSum: Float64Array;
  /** [(components + 1) x components]: sum of (relevance - origin) over the masks that keep it. */
  riseSumOn: Float64Array;
  /** Components that change no answer, such as silent ones, rising. */
  inaudible: readonly number[];
  /** [components + 1] */
  lowest: readonly Extreme[];
  /** [components + 1] */
  highest: readonly Extreme[];
}

/**
 * Computes the statistics from the logit of each mask. For many components, `shared/enumeration`
 * computes them from a response table instead.
 *
 * @param masks every mask of 1 to 12 components once, in any order (`allMasks`)
 * @param logits finite, one a mask
 * @throws RangeError if a mask or logit is missing, or a logit is not finite
 */
export function tallyMasks(masks: readonly Mask[], logits: ArrayLike<number>): MaskStatistics {
  const components = masks[0]?.length ?? 0;
  const byNumber = new Float64Array(2 ** Math.min(components, MAX_ENUMERATED_COMPONENTS)).fill(NaN);
  masks.forEach((mask, row) => {
    if (mask.length === components) byNumber[numberOfMask(mask)] = logits[row] ?? NaN;
  });
  if (masks.length !== byNumber.length || !byNumber.every(Number.isFinite)) {
    throw new RangeError(
      `expected all ${2 ** components} masks of ${components} components once, with a finite logit each; got ${masks.length} masks and ${logits.length} logits`,
    );
  }
  const origin = sigmoid(byNumber.at(-1)!);
  const riseSum = new Float64Array(components + 1);
  const riseSquareSum = new Float64Array(components + 1);
  const riseSumOn = new Float64Array((components + 1) * components);
  const lowest: Extreme[] = [];
  const highest: Extreme[] = [];
  byNumber.forEach((logit, number) => {
    const mask = maskOfNumber(number, components);
    const size = kept(mask);
    const rise = sigmoid(logit) - origin;
    riseSum[size]! += rise;
    riseSquareSum[size]! += rise * rise;
    for (let i = 0; i < components; i++) riseSumOn[size * components + i]! += mask[i]! * rise;
    if (logit < (lowest[size]?.logit ?? Number.POSITIVE_INFINITY)) lowest[size] = { logit, mask };
    if (logit > (highest[size]?.logit ?? Number.NEGATIVE_INFINITY)) highest[size] = { logit, mask };
  });
  const inaudible = Array.from({ length: components }, (_, i) => i).filter((i) => {
    const bit = numberOfMask(
      Uint8Array.from({ length: components }, (_, at) => (at === i ? 1 : 0)),
    );
    return byNumber.every((logit, number) => logit === byNumber[number ^ bit]);
  });
  return { components, origin, riseSum, riseSquareSum, riseSumOn, inaudible, lowest, highest };
}

/**
 * Extends statistics by inaudible components, which change nothing: each mask of the audible ones
 * stands for every way to keep or drop the others.
 *
 * @param statistics of the audible components
 * @param audible indices of the audible components, rising
 * @param components number of all components
 */
export function addInaudible(
  statistics: MaskStatistics,
  audible: readonly number[],
  components: number,
): MaskStatistics {
  const others = components - audible.length;
  if (others === 0) return statistics;
  const ways = binomials(others);
  const waysWithOne = binomials(others - 1);
  const riseSum = new Float64Array(components + 1);
  const riseSquareSum = new Float64Array(components + 1);
  const riseSumOn = new Float64Array((components + 1) * components);
  const inaudible = Array.from({ length: components }, (_, i) => i).filter(
    (i) => !audible.includes(i),
  );
  for (let size = 0; size <= audible.length; size++) {
    for (let added = 0; added <= others; added++) {
      const total = size + added;
      const sum = statistics.riseSum[size]!;
      riseSum[total]! += ways[added]! * sum;
      riseSquareSum[total]! += ways[added]! * statistics.riseSquareSum[size]!;
      audible.forEach((component, i) => {
        riseSumOn[total * components + component]! +=
          ways[added]! * statistics.riseSumOn[size * audible.length + i]!;
      });
      if (added === 0) continue;
      for (const component of inaudible) {
        riseSumOn[total * components + component]! += waysWithOne[added - 1]! * sum;
      }
    }
  }
  const widen = (extremes: readonly Extreme[], sign: 1 | -1) =>
    Array.from({ length: components + 1 }, (_, total) => {
      let best: Extreme | null = null;
      for (
        let size = Math.max(0, total - others);
        size <= Math.min(total, audible.length);
        size++
      ) {
        const { logit, mask } = extremes[size]!;
        const wide = new Uint8Array(components);
        audible.forEach((component, i) => {
          wide[component] = mask[i]!;
        });
        for (const component of inaudible.slice(0, total - size)) wide[component] = 1;
        const ahead = best === null ? 1 : sign * (logit - best.logit);
        if (ahead > 0 || (ahead === 0 && isSmaller(wide, best!.mask))) best = { logit, mask: wide };
      }
      return best!;
    });
  return {
    components,
    origin: statistics.origin,
    riseSum,
    riseSquareSum,
    riseSumOn,
    inaudible: [...inaudible, ...statistics.inaudible.map((i) => audible[i]!)].sort(
      (a, b) => a - b,
    ),
    lowest: widen(statistics.lowest, -1),
    highest: widen(statistics.highest, 1),
  };
}

/** Returns true if the mask's number is smaller; the last component is its highest bit. */
function isSmaller(mask: Uint8Array, other: Uint8Array): boolean {
  for (let i = mask.length - 1; i >= 0; i--) {
    if (mask[i] !== other[i]) return mask[i]! < other[i]!;
  }
  return false;
}
