import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { fitExhaustively } from "@lemons/shared/explanation/exhaustive-fit";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import { shapleyValues } from "@lemons/shared/explanation/shapley";
import { type DecisiveSets, decisiveSets } from "@lemons/shared/explanation/sufficient-necessary";

/** Values of the parts of one view, by index. */
export interface PartValues extends DecisiveSets {
  /** Coefficients of the local fit. */
  weights: readonly number[];
  /** Null if the explanation was sampled. */
  shapley: readonly number[] | null;
  /** Weighted R squared of the local fit, at most 1. */
  fidelity: number;
}

/** Returns the published values of an explanation. */
export function publishedValues(explanation: PublishedExplanation): PartValues {
  const { components, fidelity, sufficient, necessary, decision } = explanation;
  const shapley = components.map((component) => component.shapley);
  return {
    weights: components.map(({ weight }) => weight),
    shapley: shapley.includes(null) ? null : (shapley as number[]),
    fidelity,
    sufficient,
    necessary,
    decision,
  };
}

/**
 * Fits the parts of a view at a kernel width. Statistics of all masks hold for every width, so the fit
 * is closed form and takes well under a millisecond.
 *
 * @param explanation provides the other settings
 * @param statistics of all masks of the view
 * @param kernelWidth > 0
 * @throws RangeError if the explanation was sampled, or a number is out of range
 */
export function refittedValues(
  explanation: PublishedExplanation,
  statistics: MaskStatistics,
  kernelWidth: number,
): PartValues {
  const { neighbourhood, target, featureSelection, features, components, decision } = explanation;
  if (neighbourhood.kind !== "exhaustive") {
    throw new RangeError("This explanation was sampled and can't be refitted");
  }
  const { weights, fidelity } = fitExhaustively({
    statistics,
    kernelWidth,
    effectiveSamples: neighbourhood.effectiveSamples,
    target,
    featureSelection,
    features: features < components.length ? Math.min(features, statistics.components) : undefined,
  });
  return {
    weights,
    shapley: [...shapleyValues(statistics)],
    fidelity,
    ...decisiveSets(statistics, decision.threshold ?? undefined),
  };
}
