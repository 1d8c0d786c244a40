/**
 * Returns the area under the receiver operating characteristic: the probability that a random positive
 * scores higher than a random negative, with ties counted half. Equals scikit-learn's
 * `roc_auc_score`. Source: Hanley and McNeil, "The meaning and use of the area under a receiver
 * operating characteristic (ROC) curve" (Radiology 143(1), 1982).
 *
 * @returns 0 to 1; null if all labels are the same
 * @throws RangeError if the lengths differ or a score is not finite
 */
export function rocAuc(labels: readonly boolean[], scores: readonly number[]): number | null {
  return rocAucOfTally(tallyScores(labels, scores));
}

/** Computes the metric from tallied scores. */
export function rocAucOfTally({ positives, negatives }: ScoreTally): number | null {
  let above = 0;
  let passed = 0;
  // Counting half pairs keeps the sums whole, which is exact below 2^53.
  let halfWins = 0;
  for (let rank = 0; rank < positives.length; rank++) {
    halfWins += negatives[rank]! * (2 * above + positives[rank]!);
    above += positives[rank]!;
    passed += negatives[rank]!;
  }
  return above === 0 || passed === 0 ? null : halfWins / (2 * above * passed);
}

/**
 * Returns the average precision: the sum over score thresholds of (recall gained) x precision, without
 * interpolation. Items of equal score pass a threshold together. Equals scikit-learn's
 * `average_precision_score`, AP = sum_n (R_n - R_{n-1}) P_n. Source of the measure: Buckley and
 * Voorhees, "Evaluating evaluation measure stability" (SIGIR 2000).
 *
 * @returns above 0, at most 1; null if all labels are the same, for which scikit-learn returns 0 or 1
 * @throws RangeError if the lengths differ or a score is not finite
 */
export function averagePrecision(
  labels: readonly boolean[],
  scores: readonly number[],
): number | null {
  return averagePrecisionOfTally(tallyScores(labels, scores));
}

/** Computes the metric from tallied scores. */
export function averagePrecisionOfTally({ positives, negatives }: ScoreTally): number | null {
  let found = 0;
  let wrong = 0;
  let sum = 0;
  for (let rank = 0; rank < positives.length; rank++) {
    const gained = positives[rank]!;
    found += gained;
    wrong += negatives[rank]!;
    if (gained > 0) sum += (gained * found) / (found + wrong);
  }
  return found === 0 || wrong === 0 ? null : sum / found;
}

/**
 * The input of a ranking metric: the number of positives and negatives with each distinct score, from
 * the highest score to the lowest.
 */
export interface ScoreTally {
  positives: Uint32Array;
  negatives: Uint32Array;
}

/** The place of each labelled score in a tally. */
export interface RankedScores {
  /** Number of distinct scores. */
  ranks: number;
  /** Rank of each positive from 0, the highest score; equal scores have equal ranks. */
  positives: Uint32Array;
  /** Rank of each negative. */
  negatives: Uint32Array;
}

/**
 * Ranks scores, separated by label.
 *
 * @param labels true for positives
 * @param scores in the order of the labels; finite, higher for likely positives
 * @throws RangeError if the lengths differ or a score is not finite
 */
export function rankScores(labels: readonly boolean[], scores: readonly number[]): RankedScores {
  if (labels.length !== scores.length) {
    throw new RangeError(`there are ${labels.length} labels but ${scores.length} scores`);
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
