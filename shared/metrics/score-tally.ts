/**
 * What a ranking metric needs to know of labelled scores: how many positives and negatives share
 * each distinct score, from the highest score to the lowest.
 */
export interface ScoreTally {
  positives: Uint32Array;
  negatives: Uint32Array;
}

/** Where each labelled score lies in a tally. */
export interface RankedScores {
  /** Distinct scores. */
  ranks: number;
  /** Rank of each positive, 0 the highest score; equal scores have equal ranks. */
  positives: Uint32Array;
  /** Rank of each negative. */
  negatives: Uint32Array;
}

/**
 * Ranks scores, separated by label.
 *
 * @param labels whether each item is positive
 * @param scores in the order of the labels; finite, the higher the more likely positive
 * @throws RangeError where the lengths differ or a score is not finite
 */
export function rankScores(labels: readonly boolean[], scores: readonly number[]): RankedScores {
  if (labels.length !== scores.length) {
    throw new RangeError(`${labels.length} labels do not fit ${scores.length} scores`);
  }
  for (const score of scores) {
    if (!Number.isFinite(score)) throw new RangeError(`a score must be finite, not ${score}`);
  }
  const positives: number[] = [];
  const negatives: number[] = [];
  let ranks = 0;
  let last: number | undefined;
  const order = scores.map((_, item) => item).sort((a, b) => scores[b]! - scores[a]!);
  for (const item of order) {
    if (scores[item] !== last) ranks++;
    last = scores[item];
    (labels[item] ? positives : negatives).push(ranks - 1);
  }
  return { ranks, positives: Uint32Array.from(positives), negatives: Uint32Array.from(negatives) };
}

/** @throws RangeError as `rankScores` does */
export function tallyScores(labels: readonly boolean[], scores: readonly number[]): ScoreTally {
  const { ranks, positives, negatives } = rankScores(labels, scores);
  return { positives: countRanks(positives, ranks), negatives: countRanks(negatives, ranks) };
}

function countRanks(items: Uint32Array, ranks: number): Uint32Array {
  const counts = new Uint32Array(ranks);
  for (const rank of items) counts[rank]!++;
  return counts;
}
