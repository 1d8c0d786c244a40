import type { Curves } from "../contract/exact-explanation.ts";
import type { Mask } from "./mask.ts";

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
