import type { ExplanationTarget, FeatureSelection } from "../contract/explanation-request.ts";
import { selectFeatures } from "./feature-selection.ts";
import { kernelWeights } from "./kernel.ts";
import type { Mask } from "./mask.ts";
import { ridge } from "./ridge.ts";
import { type WeightedMoments, weightedMoments } from "./weighted-moments.ts";

/**
 * Returns true if the weights are those of "not relevant". The original explains the class that the
 * model predicts for the whole track (LIME's `top_labels=1` on [1 - p, p]): its weights change sign
 * below a relevance of 1/2. At exactly 1/2 it explains "relevant".
 *
 * @param relevance relevance of the whole track, 0 to 1
 */
export function explainsIrrelevance(target: ExplanationTarget, relevance: number): boolean {
  return target === "predicted-class" && relevance < 0.5;
}

/**
 * Returns the values that the local fit imitates: the relevance of each mask, or its complement if
 * the weights are those of "not relevant".
 *
 * @param relevances one a mask, that of the whole track first
 * @throws RangeError if there are none
 */
export function targetPredictions(
  target: ExplanationTarget,
  relevances: ArrayLike<number>,
): Float64Array {
  const values = Float64Array.from(relevances);
  if (values.length === 0) throw new RangeError("the relevance of the whole track is missing");
  return explainsIrrelevance(target, values[0]!) ? values.map((p) => 1 - p) : values;
}

/** Ridge penalty of the original's final fit. */
export const RIDGE_ALPHA = 1;

/** Settings of a linear fit to moments. */
export interface FitSettings {
  featureSelection: FeatureSelection;
  /** The most components to keep, >= 1; all by default. */
  features?: number | undefined;
  /** Ridge penalty of the final fit, >= 0; {@link RIDGE_ALPHA} by default. */
  alpha?: number | undefined;
}

/** The masks, answers and settings of a local fit. */
export interface LocalFitInput extends FitSettings {
  /** At least one; the first is all ones (the whole track). */
  masks: readonly Mask[];
  /** The model's answer to each mask, finite. */
  predictions: ArrayLike<number>;
  /** Width of the kernel over cosine distance, > 0. */
  kernelWidth: number;
}

/** The linear model that imitates the recommender around the whole track. */
export interface LocalFit {
  /** Coefficient of each component; 0 if it was not selected. */
  weights: number[];
  /** Value for the empty mask. */
  intercept: number;
  /** Weighted R squared on the masks, at most 1. */
  fidelity: number;
  /** Value for the whole track: intercept plus all weights. */
  localPrediction: number;
  /** Selected components in the original's order. */
  usedFeatures: number[];
}

/**
 * Fits a weighted linear model of the kept components to the recommender's answers (LIME, Ribeiro et
 * al., KDD 2016; audioLIME, Haunschmid et al., 2020): kernel weights, feature selection, then ridge
 * regression on the selected components.
 *
 * @throws RangeError if masks and predictions do not match, the first mask is not all ones, or a
 *   number is out of range
 */
export function fitLocal(input: LocalFitInput): LocalFit {
  const { masks, predictions, kernelWidth } = input;
  if (!(kernelWidth > 0)) throw new RangeError(`kernel width must be above 0, not ${kernelWidth}`);
  if (masks[0]?.includes(0)) throw new RangeError("the first mask must be all ones");
  return fitMoments(weightedMoments(masks, predictions, kernelWeights(masks, kernelWidth)), input);
}

/**
 * Fits from the moments: feature selection, then ridge regression on the selected components.
 *
 * @throws RangeError if a number is out of range
 */
export function fitMoments(moments: WeightedMoments, settings: FitSettings): LocalFit {
  const { featureSelection, alpha = RIDGE_ALPHA, features = moments.components } = settings;
  if (!(alpha >= 0)) throw new RangeError(`ridge alpha must be 0 or more, not ${alpha}`);
  if (!(features >= 1)) throw new RangeError(`features must be 1 or more, not ${features}`);
  const usedFeatures = selectFeatures(moments, featureSelection, features);
  const { coefficients, intercept, fidelity } = ridge(moments, usedFeatures, alpha);

  const weights = new Array<number>(moments.components).fill(0);
  let localPrediction = intercept;
  usedFeatures.forEach((index, i) => {
    weights[index] = coefficients[i]!;
    localPrediction += coefficients[i]!;
  });
  return { weights, intercept, fidelity, localPrediction, usedFeatures };
}
