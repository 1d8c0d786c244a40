import { type ScoreTally, tallyScores } from "./score-tally.ts";

/**
 * Area under the receiver operating characteristic: the probability that a random positive scores
 * higher than a random negative, an equal score counting half. Equals scikit-learn's
 * `roc_auc_score`. Source: Hanley and McNeil, "The meaning and use of the area under a receiver
 * operating characteristic (ROC) curve" (Radiology 143(1), 1982).
 *
 * @returns 0 to 1; null where all labels are the same
 * @throws RangeError where the lengths differ or a score is not finite
 */
export function rocAuc(labels: readonly boolean[], scores: readonly number[]): number | null {
  return rocAucOfTally(tallyScores(labels, scores));
}

/** The same from tallied scores. */
export function rocAucOfTally({ positives, negatives }: ScoreTally): number | null {
  let above = 0;
  let passed = 0;
  // Pairs in halves: sums of whole numbers, exact below 2^53.
  let halfWins = 0;
  for (let rank = 0; rank < positives.length; rank++) {
    halfWins += negatives[rank]! * (2 * above + positives[rank]!);
    above += positives[rank]!;
    passed += negatives[rank]!;
  }
  return above === 0 || passed === 0 ? null : halfWins / (2 * above * passed);
}
