import type { Mask } from "./mask.ts";

/** Weighted, centred second moments of masks and predictions: all that a linear fit needs. */
export interface WeightedMoments {
  /** Number of masks. */
  samples: number;
  /** Bits of a mask. */
  components: number;
  /** Weighted mean of each bit [components]. */
  maskMean: Float64Array;
  /** Weighted mean of the predictions. */
  predictionMean: number;
  /** Sum of w (z - mean)(z - mean)' [components x components], row by row. */
  gram: Float64Array;
  /** Sum of w (z - mean)(y - mean) [components]. */
  cross: Float64Array;
  /** Sum of w (y - mean)^2. */
  predictionScatter: number;
}

/**
 * Gathers the moments in two passes, in float64. Everything is measured from the whole track (all
 * bits on): where a narrow kernel leaves all weight there, the small differences keep their digits.
 *
 * @param masks rows of equal length, at least one
 * @param predictions finite, one a mask
 * @param weights non-negative, one a mask, not all zero
 * @throws RangeError where the three do not fit together or a number is not finite
 */
export function weightedMoments(
  masks: readonly Mask[],
  predictions: ArrayLike<number>,
  weights: ArrayLike<number>,
): WeightedMoments {
  const samples = masks.length;
  const components = masks[0]?.length ?? 0;
  if (components === 0) throw new RangeError("a fit needs masks of at least one component");
  if (predictions.length !== samples || weights.length !== samples) {
    throw new RangeError(
      `${samples} masks need as many predictions and weights, not ${predictions.length} and ${weights.length}`,
    );
  }

  const origin = predictions[0]!;
  const silenced = new Float64Array(components);
  let total = 0;
  let rise = 0;
  for (let row = 0; row < samples; row++) {
    const mask = masks[row]!;
    const weight = weights[row]!;
    if (mask.length !== components) {
      throw new RangeError(`mask ${row} has ${mask.length} bits, the first has ${components}`);
    }
    total += weight;
    rise += weight * (predictions[row]! - origin);
    for (let i = 0; i < components; i++) if (mask[i] === 0) silenced[i]! += weight;
  }
  if (!(total > 0) || !Number.isFinite(total) || !Number.isFinite(rise)) {
    throw new RangeError("predictions must be finite, weights finite and not all zero");
  }
  for (let i = 0; i < components; i++) silenced[i]! /= total;
  const meanRise = rise / total;

  const gram = new Float64Array(components * components);
  const cross = new Float64Array(components);
  const deviation = new Float64Array(components);
  let predictionScatter = 0;
  for (let row = 0; row < samples; row++) {
    const mask = masks[row]!;
    const weight = weights[row]!;
    const residual = predictions[row]! - origin - meanRise;
    predictionScatter += weight * residual * residual;
    for (let i = 0; i < components; i++) deviation[i] = silenced[i]! - (1 - mask[i]!);
    for (let i = 0; i < components; i++) {
      const weighted = weight * deviation[i]!;
      cross[i]! += weighted * residual;
      for (let j = 0; j <= i; j++) gram[i * components + j]! += weighted * deviation[j]!;
    }
  }
  for (let i = 0; i < components; i++) {
    for (let j = 0; j < i; j++) gram[j * components + i] = gram[i * components + j]!;
  }
  return {
    samples,
    components,
    maskMean: silenced.map((share) => 1 - share),
    predictionMean: origin + meanRise,
    gram,
    cross,
    predictionScatter,
  };
}
