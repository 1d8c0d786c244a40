import type {
  StabilityPoint,
  StabilitySettings,
  StabilitySummary,
  TrackStability,
} from "@lemons/shared/contract/stability";
import { fitLocal } from "@lemons/shared/explanation/local-fit";
import type { Mask } from "@lemons/shared/explanation/mask";
import { sortedComponents } from "@lemons/shared/explanation/ranking";
import { mean, quantile, sampleDeviation } from "@lemons/shared/metrics/statistics";

/** Masks of one repeat (as many as the largest number of samples) and the relevance of each. */
export interface Repeat {
  masks: readonly Mask[];
  relevances: Float64Array;
}

export interface StabilityInput {
  repeats: readonly Repeat[];
  settings: Pick<StabilitySettings, "samples" | "top" | "kernelWidth">;
  /** Returns the exact explanation's weights for a number of effective samples; null without one. */
  exactWeights: ((effectiveSamples: number) => readonly number[]) | null;
}

/**
 * Runs the stability experiment of LEMONS (Melchiorre et al., ECIR 2021, section 5) for one track.
 * The track is explained several times with different masks, and U_n counts the distinct components
 * among the top k of all explanations. The first n masks of a repeat give its explanation by n
 * samples, since a seed's masks for n samples are a prefix of its masks for more.
 *
 * The top k are the components of highest weight, as in a highlight, regardless of sign.
 *
 * @returns one point per number of samples
 */
export function stabilityOf({ repeats, settings, exactWeights }: StabilityInput): StabilityPoint[] {
  const { samples, top, kernelWidth } = settings;
  return samples.map((count) => {
    const fits = repeats.map(({ masks, relevances }) =>
      fitLocal({
        masks: masks.slice(0, count),
        predictions: relevances.subarray(0, count),
        kernelWidth,
        featureSelection: "none",
      }),
    );
    const tops = fits.map(({ weights }) => sortedComponents(weights, { count: top }));
    const exact = exactWeights?.(count);
    const exactTop = exact && new Set(sortedComponents(exact, { count: top }));
    const exactShare = (components: readonly number[]) =>
      components.filter((component) => exactTop!.has(component)).length / components.length;
    return {
      samples: count,
      unique: new Set(tops.flat()).size,
      topAgreement: exactTop ? mean(tops.map(exactShare)) : null,
      weightError: exact ? mean(fits.map(({ weights }) => relativeError(weights, exact))) : null,
    };
  });
}

/** Returns |a - b| / |b|, or 0 if a and b are equal. */
function relativeError(a: readonly number[], b: readonly number[]): number {
  const difference = Math.hypot(...a.map((value, i) => value - b[i]!));
  return difference === 0 ? 0 : difference / Math.hypot(...b);
}

/**
 * Aggregates the points of tracks by number of samples: means, and the median of the weight error.
 *
 * @param tracks at least one, all with points for the same numbers of samples
 */
export function summariseStability(
  tracks: readonly Pick<TrackStability, "points">[],
  { samples, top }: Pick<StabilitySettings, "samples" | "top">,
): StabilitySummary[] {
  return samples.map((count, index) => {
    const points = tracks.map(({ points }) => points[index]!);
    const uniques = points.map(({ unique }) => unique);
    const agreements = points.flatMap(({ topAgreement: each }) => (each === null ? [] : [each]));
    const errors = points.flatMap(({ weightError: each }) => (each === null ? [] : [each]));
    return {
      samples: count,
      uniqueMean: mean(uniques)!,
      uniqueSd: sampleDeviation(uniques),
      stable: uniques.filter((unique) => unique <= top).length / uniques.length,
      topAgreement: mean(agreements),
      weightError: errors.length === 0 ? null : quantile(errors.sort(ascending), 0.5),
    };
  });
}

function ascending(a: number, b: number): number {
  return a - b;
}
