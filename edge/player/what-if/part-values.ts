import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { fitExhaustively } from "@lemons/shared/explanation/exhaustive-fit";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import { shapleyValues } from "@lemons/shared/explanation/shapley";
import { type DecisiveSets, decisiveSets } from "@lemons/shared/explanation/sufficient-necessary";

/** What the parts of one view say, by index. */
export interface PartValues extends DecisiveSets {
  /** Coefficients of the local fit. */
  weights: readonly number[];
  /** Null where not every mask was counted. */
  shapley: readonly number[] | null;
  /** Weighted R squared of the local fit, at most 1. */
  fidelity: number;
}

/** What an explanation itself says of the parts of its own type. */
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
 * What the parts of a view say at a kernel width. Statistics of all masks hold for every width: this
 * is closed form, and takes well under a millisecond.
 *
 * @param explanation whose other settings count
 * @param statistics of the view's masks
 * @param kernelWidth > 0
 * @throws RangeError where the explanation was fitted to drawn masks, or a number is out of range
 */
export function refittedValues(
  explanation: PublishedExplanation,
  statistics: MaskStatistics,
  kernelWidth: number,
): PartValues {
  const { neighbourhood, target, featureSelection, features, components, decision } = explanation;
  if (neighbourhood.kind !== "exhaustive") {
    throw new RangeError("masks were drawn for this explanation; they cannot be weighed anew");
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
