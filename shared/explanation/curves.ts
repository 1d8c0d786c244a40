import type { Mask } from "./mask.ts";

/** Relevance after each step, and the area below. */
export interface Curve {
  /** [components + 1]: with 0, 1, ... components removed or added. */
  relevances: number[];
  /** Mean height of the curve (trapezoids), 0 to 1. */
  area: number;
}

/** How the relevance falls and rises along a ranking. */
export interface DeletionInsertion {
  /** From the whole track, components removed by the ranking: a good one falls early. */
  deletion: Curve;
  /** From silence, components added by the ranking: a good one rises early. */
  insertion: Curve;
}

/**
 * Deletion and insertion curves of a ranking (Petsiuk et al., "RISE", BMVC 2018, section 3.4).
 *
 * @param ranking every component index once, most important first
 * @param relevanceOf relevance of a mask; the array it is given changes afterwards
 * @throws RangeError where it is no such ranking
 */
export function deletionInsertion(
  ranking: readonly number[],
  relevanceOf: (mask: Mask) => number,
): DeletionInsertion {
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
): Curve {
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
