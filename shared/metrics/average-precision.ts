import { type ScoreTally, tallyScores } from "./score-tally.ts";

/**
 * Average precision: the sum over score thresholds of (recall gained) x precision, without
 * interpolation; items of equal score pass a threshold together. Equals scikit-learn's
 * `average_precision_score`, AP = sum_n (R_n - R_{n-1}) P_n. Source of the measure: Buckley and
 * Voorhees, "Evaluating evaluation measure stability" (SIGIR 2000).
 *
 * @returns above 0, at most 1; null where all labels are the same (scikit-learn gives 0 or 1 there,
 *   which tells nothing of the ranking)
 * @throws RangeError where the lengths differ or a score is not finite
 */
export function averagePrecision(
  labels: readonly boolean[],
  scores: readonly number[],
): number | null {
  return averagePrecisionOfTally(tallyScores(labels, scores));
}

/** The same from tallied scores. */
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
