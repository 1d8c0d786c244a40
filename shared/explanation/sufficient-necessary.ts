import type { Decision, NecessarySet, SufficientSet } from "../contract/explanation.ts";
import { sigmoid } from "./exponential.ts";
import type { Extreme, MaskStatistics } from "./mask-statistics.ts";
import { RECOMMENDED_RELEVANCE } from "./scales.ts";

/** The sets of components that decide a recommendation; both null if there are none. */
export interface DecisiveSets {
  sufficient: SufficientSet | null;
  necessary: NecessarySet | null;
  decision: Decision;
}

/**
 * Finds the smallest of all sets of components that alone keeps the relevance at or above a threshold
 * (sufficient), and the smallest whose removal drops it below (necessary). Ties go to the set that
 * moves the relevance furthest, then to the smallest mask number.
 *
 * @param threshold above the relevance of silence, at most that of the whole track; by default 0.5 if
 *   it lies between the two, else their midpoint
 */
export function decisiveSets(statistics: MaskStatistics, threshold?: number): DecisiveSets {
  const { origin, lowest, highest } = statistics;
  const silence = sigmoid(lowest[0]!.logit);
  if (origin <= silence) return none("not-above-silence");
  const level = threshold ?? thresholdBetween(silence, origin);
  if (!(level > silence && level <= origin)) {
    return none("threshold-not-between");
  }
  const keeping = highest.find(({ logit }) => sigmoid(logit) >= level)!;
  const dropping = lowest.findLast(({ logit }) => sigmoid(logit) < level)!;
  return {
    sufficient: { components: componentsWhere(keeping, 1), relevance: sigmoid(keeping.logit) },
    necessary: { components: componentsWhere(dropping, 0), relevance: sigmoid(dropping.logit) },
    decision: { threshold: level, reason: null },
  };
}

function none(reason: NonNullable<Decision["reason"]>): DecisiveSets {
  return { sufficient: null, necessary: null, decision: { threshold: null, reason } };
}

function thresholdBetween(silence: number, whole: number): number {
  if (RECOMMENDED_RELEVANCE > silence && RECOMMENDED_RELEVANCE <= whole)
    return RECOMMENDED_RELEVANCE;
  const midpoint = (silence + whole) / 2;
  // The midpoint of two neighbouring floats rounds to one of them.
  return midpoint > silence ? midpoint : whole;
}

function componentsWhere({ mask }: Extreme, value: 0 | 1): number[] {
  return [...mask.keys()].filter((i) => mask[i] === value);
}
