import type { Curves } from "../contract/explanation.ts";
import { logarithm } from "./exponential.ts";
import type { Mask } from "./mask.ts";

/** Selects components of a ranking. */
export interface ComponentFilter {
  /** List positive weights; true by default. */
  positive?: boolean;
  /** List negative weights; true by default. */
  negative?: boolean;
  /** The most components to list; all by default. */
  count?: number | "all";
  /** Smallest absolute weight to list; 0 by default. */
  minAbsWeight?: number;
}

/**
 * Lists component indices by falling weight, equal weights by index (audioLIME's
 * `get_sorted_components`). As in the original, the first few of only the negative components are the
 * mildest ones, and zero weights are listed only with both signs.
 *
 * @throws RangeError if both signs are excluded or the count is not a whole number
 */
export function sortedComponents(
  weights: readonly number[],
  { positive = true, negative = true, count = "all", minAbsWeight = 0 }: ComponentFilter = {},
): number[] {
  if (!positive && !negative) {
    throw new RangeError("positive and negative are both false; at least one must be true");
  }
  if (count !== "all" && (!Number.isInteger(count) || count < 0)) {
    throw new RangeError(`count must be "all" or a whole number, not ${count}`);
  }
  const indices = [...weights.keys()].filter((index) => {
    const weight = weights[index]!;
    if (Math.abs(weight) < minAbsWeight) return false;
    return (positive || weight < 0) && (negative || weight > 0);
  });
  indices.sort((a, b) => weights[b]! - weights[a]! || a - b);
  return count === "all" ? indices : indices.slice(0, count);
}

const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Returns the normalised entropy of the absolute weights, -sum(p log p) / log(n) with
 * p = |w| / sum |w|: 0 if one component has all the weight, 1 if all have the same.
 *
 * @returns 0 to 1; null (the original's NaN) for a single component or all-zero weights
 */
export function complexity(weights: readonly number[]): number | null {
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  if (weights.length < 2 || total === 0) return null;
  let entropy = 0;
  for (const weight of weights) {
    const share = Math.abs(weight) / total;
    // The contribution of a subnormal share is below the precision of float64.
    if (share >= SMALLEST_NORMAL) entropy -= share * logarithm(share);
  }
  return Math.min(1, Math.max(0, entropy / logarithm(weights.length)));
}

/**
 * Computes deletion and insertion curves of a ranking (Petsiuk et al., "RISE", BMVC 2018, section
 * 3.4): the relevance as components are removed in this order, and as they are added to silence.
 *
 * @param ranking every component index once, most important first
 * @param relevanceOf returns the relevance of a mask; it must not keep the array, which is reused
 * @throws RangeError if the ranking does not name every component once
 */
export function deletionInsertion(
  ranking: readonly number[],
  relevanceOf: (mask: Mask) => number,
): Curves {
  const isRanking = [...ranking].sort((a, b) => a - b).every((component, i) => component === i);
  if (ranking.length === 0 || !isRanking) {
    throw new RangeError("a ranking must name every component once");
  }
  return {
    deletion: curveOf(ranking, relevanceOf, 1),
    insertion: curveOf(ranking, relevanceOf, 0),
  };
}

function curveOf(
  ranking: readonly number[],
  relevanceOf: (mask: Mask) => number,
  start: 0 | 1,
): Curves["deletion"] {
  const mask = new Uint8Array(ranking.length).fill(start);
  const relevances = [relevanceOf(mask)];
  for (const component of ranking) {
    mask[component] = 1 - start;
    relevances.push(relevanceOf(mask));
  }
  const ends = (relevances[0]! + relevances.at(-1)!) / 2;
  const sum = relevances.reduce((total, relevance) => total + relevance, 0) - ends;
  return { relevances, area: sum / ranking.length };
}
