import type { Mask } from "./mask.ts";

/** Weighted, centred second moments of masks and predictions, the input of a linear fit. */
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
 * Computes the moments in two passes, in float64. Values are differences to the whole track (all bits
 * on), which keeps their digits if a narrow kernel puts all weight there.
 *
 * @param masks rows of equal length, at least one
 * @param predictions finite, one a mask
 * @param weights non-negative, one a mask, not all zero
 * @throws RangeError if lengths differ or a number is not finite
 */
export function weightedMoments(
  masks: readonly Mask[],
  predictions: ArrayLike<number>,
  weights: ArrayLike<number>,
): WeightedMoments {
  const samples = masks.length;
  const components = masks[0]?.length ?? 0;
  if (components === 0) throw new RangeError("masks need at least one component");
  if (predictions.length !== samples || weights.length !== samples) {
    throw new RangeError(
      `${samples} masks need ${samples} predictions and weights, not ${predictions.length} and ${weights.length}`,
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
      throw new RangeError(`mask ${row} has ${mask.length} bits, but the first has ${components}`);
    }
    total += weight;
    rise += weight * (predictions[row]! - origin);
    for (let i = 0; i < components; i++) if (mask[i] === 0) silenced[i]! += weight;
  }
  if (!(total > 0) || !Number.isFinite(total) || !Number.isFinite(rise)) {
    throw new RangeError("predictions and weights must be finite, and one weight above 0");
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
