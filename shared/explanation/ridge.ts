import { solveSymmetric } from "./symmetric-solve.ts";
import type { WeightedMoments } from "./weighted-moments.ts";

/** A linear model of the relevance. */
export interface RidgeFit {
  /** Coefficients of the selected components, in the order of selection. */
  coefficients: Float64Array;
  /** Value of the model for the empty mask. */
  intercept: number;
  /** Weighted R squared, at most 1. */
  fidelity: number;
}

/**
 * Fits a weighted ridge regression on the selected components. It minimises
 * sum w (y - intercept - beta z)^2 + alpha |beta|^2 and doesn't penalise the intercept (scikit-learn's
 * `Ridge(alpha, fit_intercept=True)` with sample weights). With alpha 0 and collinear components it
 * is the least-squares solution of minimum norm.
 *
 * R squared is 1 if the predictions are constant, as in scikit-learn.
 *
 * @param selected component indices, each once
 * @param alpha >= 0
 */
export function ridge(
  moments: WeightedMoments,
  selected: readonly number[],
  alpha: number,
): RidgeFit {
  const { components, gram, cross, maskMean, predictionMean, predictionScatter } = moments;
  const size = selected.length;
  const plain = new Float64Array(size * size);
  selected.forEach((row, i) => {
    selected.forEach((column, j) => {
      plain[i * size + j] = gram[row * components + column]!;
    });
  });
  const right = Float64Array.from(selected, (index) => cross[index]!);
  const penalised = plain.slice();
  for (let i = 0; i < size; i++) penalised[i * size + i]! += alpha;
  const coefficients = solveSymmetric(penalised, right);

  let intercept = predictionMean;
  let explained = 0;
  for (let i = 0; i < size; i++) {
    const beta = coefficients[i]!;
    intercept -= beta * maskMean[selected[i]!]!;
    let fitted = 0;
    for (let j = 0; j < size; j++) fitted += plain[i * size + j]! * coefficients[j]!;
    explained += beta * (2 * right[i]! - fitted);
  }
  const fidelity = predictionScatter > 0 ? Math.min(1, explained / predictionScatter) : 1;
  return { coefficients, intercept, fidelity };
}
