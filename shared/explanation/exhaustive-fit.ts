import type { ExplanationTarget, FeatureSelection } from "../contract/explanation-request.ts";
import { type ExhaustiveNeighbourhoodInput, exhaustiveMoments } from "./exhaustive-moments.ts";
import { fitMoments, type LocalFit } from "./local-fit.ts";
import { explainsIrrelevance } from "./target.ts";
import type { WeightedMoments } from "./weighted-moments.ts";

/** What an exhaustive fit is made from. */
export interface ExhaustiveFitInput extends ExhaustiveNeighbourhoodInput {
  target: ExplanationTarget;
  featureSelection: FeatureSelection;
  /** How many components to keep at most, >= 1; all by default. */
  features?: number | undefined;
  /** Ridge penalty of the final fit, >= 0; 1 by default. */
  alpha?: number | undefined;
}

/**
 * The local fit over all masks: what {@link fitLocal} tends to in the mean over seeds when it
 * draws `effectiveSamples` masks, without the noise.
 *
 * @throws RangeError where a number is out of range
 */
export function fitExhaustively(input: ExhaustiveFitInput): LocalFit {
  const moments = exhaustiveMoments(input);
  return fitMoments(
    explainsIrrelevance(input.target, input.statistics.origin) ? complement(moments) : moments,
    input,
  );
}

/** Moments of 1 - y. */
function complement(moments: WeightedMoments): WeightedMoments {
  return {
    ...moments,
    predictionMean: 1 - moments.predictionMean,
    cross: moments.cross.map((value) => -value),
  };
}
