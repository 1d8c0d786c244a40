import type { ExplanationTarget } from "../contract/explanation-request.ts";

/**
 * Whether an explanation with this target speaks of "not relevant". The original explains whichever
 * class the model predicts for the whole track (LIME's `top_labels=1` on [1 - p, p]), so that below
 * a relevance of 1/2 its weights change sign; at exactly 1/2 it explains "relevant".
 *
 * @param relevance of the whole track, 0 to 1
 */
export function explainsIrrelevance(target: ExplanationTarget, relevance: number): boolean {
  return target === "predicted-class" && relevance < 0.5;
}

/**
 * What the local fit imitates, one number a mask: the relevance, or its complement where the
 * explanation speaks of "not relevant".
 *
 * @param relevances of each mask, the first that of the whole track
 */
export function targetPredictions(
  target: ExplanationTarget,
  relevances: ArrayLike<number>,
): Float64Array {
  const values = Float64Array.from(relevances);
  if (values.length === 0) throw new RangeError("there is no relevance of the whole track");
  return explainsIrrelevance(target, values[0]!) ? values.map((p) => 1 - p) : values;
}
