import type { ExplanationTarget, FeatureSelection } from "../contract/explanation-request.ts";
import { selectFeatures } from "./feature-selection.ts";
import { kernelWeights } from "./kernel.ts";
import type { Mask } from "./mask.ts";
import { ridge } from "./ridge.ts";
import { type WeightedMoments, weightedMoments } from "./weighted-moments.ts";

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

/** Penalty of the original's final fit. */
export const RIDGE_ALPHA = 1;

/** How a linear model is fitted to given moments. */
export interface FitSettings {
  featureSelection: FeatureSelection;
  /** How many components to keep at most, >= 1; all by default. */
  features?: number | undefined;
  /** Ridge penalty of the final fit, >= 0; {@link RIDGE_ALPHA} by default. */
  alpha?: number | undefined;
}

/** What a local fit is made from. */
export interface LocalFitInput extends FitSettings {
  /** At least one; the first all ones (the whole track). */
  masks: readonly Mask[];
  /** The model's answer to each mask, finite. */
  predictions: ArrayLike<number>;
  /** Width of the kernel over cosine distance, > 0. */
  kernelWidth: number;
}

/** The linear model that imitates the recommender around the whole track. */
export interface LocalFit {
  /** Coefficient of each component, 0 where it was not selected. */
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
 * Explains a recommender locally by a weighted linear model of which components sound (LIME,
 * Ribeiro et al., KDD 2016; audioLIME, Haunschmid et al., 2020): kernel weights, feature selection,
 * then ridge regression on the selected components.
 *
 * @throws RangeError where masks and predictions do not fit together, the first mask is not all
 *   ones, or a number is out of range
 */
export function fitLocal(input: LocalFitInput): LocalFit {
  const { masks, predictions, kernelWidth } = input;
  if (!(kernelWidth > 0)) throw new RangeError(`kernel width must be above 0, not ${kernelWidth}`);
  if (masks[0]?.includes(0)) throw new RangeError("the first mask must be all ones");
  return fitMoments(weightedMoments(masks, predictions, kernelWeights(masks, kernelWidth)), input);
}

/**
 * The part of a local fit that follows from the moments: feature selection, then ridge regression
 * on the selected components.
 *
 * @throws RangeError where a number is out of range
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
