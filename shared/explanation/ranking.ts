import type { Curves } from "../contract/explanation.ts";
import { logarithm } from "./exponential.ts";
import type { Mask } from "./mask.ts";

/** Which components to list. */
export interface ComponentFilter {
  /** Keep those that speak for the explained class; true by default. */
  positive?: boolean;
  /** Keep those that speak against it; true by default. */
  negative?: boolean;
  /** How many to list at most; all by default. */
  count?: number | "all";
  /** Smallest absolute weight to list; 0 by default. */
  minAbsWeight?: number;
}

/**
 * Component indices by falling weight, equal weights by index (audioLIME's
 * `get_sorted_components`). As there, asking for the first few negative components alone gives the
 * mildest ones, and zero weights are listed only where both signs are asked for.
 *
 * @throws RangeError where neither sign is wanted or the count is not a whole number
 */
export function sortedComponents(
  weights: readonly number[],
  { positive = true, negative = true, count = "all", minAbsWeight = 0 }: ComponentFilter = {},
): number[] {
  if (!positive && !negative) {
    throw new RangeError("ask for positive components, negative components or both");
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
 * Normalised entropy of the absolute weights, -sum(p log p) / log(n) with p = |w| / sum |w|: 0
 * where one component says it all, 1 where all say the same.
 *
 * @returns 0 to 1; null for a single component or weights that are all zero, where the original
 *   has NaN
 */
export function complexity(weights: readonly number[]): number | null {
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  if (weights.length < 2 || total === 0) return null;
  let entropy = 0;
  for (const weight of weights) {
    const share = Math.abs(weight) / total;
    // Below the normal numbers a share adds nothing that float64 could hold.
    if (share >= SMALLEST_NORMAL) entropy -= share * logarithm(share);
  }
  return Math.min(1, Math.max(0, entropy / logarithm(weights.length)));
}

/**
 * Deletion and insertion curves of a ranking (Petsiuk et al., "RISE", BMVC 2018, section 3.4): how
 * the relevance falls as components are removed by the ranking, and rises as they are added to
 * silence.
 *
 * @param ranking every component index once, most important first
 * @param relevanceOf relevance of a mask; the array it is given changes afterwards
 * @throws RangeError where it is no such ranking
 */
export function deletionInsertion(
  ranking: readonly number[],
  relevanceOf: (mask: Mask) => number,
): Curves {
  const isRanking = [...ranking].sort((a, b) => a - b).every((component, i) => component === i);
  if (ranking.length === 0 || !isRanking) {
    throw new RangeError("a ranking names every component once");
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
