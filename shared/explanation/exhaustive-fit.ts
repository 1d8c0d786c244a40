import type { ExplanationTarget, FeatureSelection } from "../contract/explanation-request.ts";
import { kernelWeight, maskDistance } from "./kernel.ts";
import { explainsIrrelevance, fitMoments, type LocalFit } from "./local-fit.ts";
import { binomials, type MaskStatistics } from "./mask-statistics.ts";
import type { WeightedMoments } from "./weighted-moments.ts";

/** The neighbourhood of an exhaustive fit. */
export interface ExhaustiveNeighbourhoodInput {
  statistics: MaskStatistics;
  /** Masks of the sampled neighbourhood whose expectation is computed, >= 2. */
  effectiveSamples: number;
  /** Width of the kernel over cosine distance, > 0. */
  kernelWidth: number;
}

/**
 * Computes the expectation of `weightedMoments` for the whole track and effectiveSamples - 1 masks of
 * fair coin tosses: the normal equations are z1 z1' + (effectiveSamples - 1) E[w z z'], and so on,
 * with every mask at its probability.
 *
 * A mask's weight depends only on the number k of components kept. The Gram matrix has one value on
 * its diagonal and another off it. Two positive sums give both: its eigenvalue for differences
 * between components, and the one for all components together. To keep the digits of narrow
 * kernels, values are differences to the whole track, split into parts within and between sizes.
 *
 * @throws RangeError if a number is out of range
 */
export function exhaustiveMoments(input: ExhaustiveNeighbourhoodInput): WeightedMoments {
  const { statistics, effectiveSamples, kernelWidth } = input;
  const { components: n, origin, riseSum, riseSquareSum, riseSumOn } = statistics;
  if (!(effectiveSamples >= 2) || !Number.isFinite(effectiveSamples)) {
    throw new RangeError(`effectiveSamples must be 2 or more, not ${effectiveSamples}`);
  }
  if (!(kernelWidth > 0)) throw new RangeError(`kernel width must be above 0, not ${kernelWidth}`);
  const masks = binomials(n);
  const each = masks.map(
    (_, k) => ((effectiveSamples - 1) * kernelWeight(maskDistance(k, n), kernelWidth)) / 2 ** n,
  );

  let total = 1;
  let silenced = 0;
  let rise = 0;
  let difference = 0;
  for (let k = 0; k <= n; k++) {
    const weight = each[k]! * masks[k]!;
    total += weight;
    silenced += weight * (n - k);
    rise += each[k]! * riseSum[k]!;
    if (n > 1) difference += (weight * (n - k) * k) / (n * (n - 1));
  }
  const meanSilenced = silenced / total;
  const meanRise = rise / total;

  // Products instead of powers: x ** 2 rounds differently from host to host.
  let together = (meanSilenced * meanSilenced) / n;
  let crossBetween = -(meanSilenced / n) * meanRise;
  let predictionScatter = meanRise * meanRise;
  const cross = new Float64Array(n);
  for (let k = 0; k <= n; k++) {
    const count = masks[k]!;
    const sum = riseSum[k]!;
    const beyond = meanSilenced - (n - k);
    const meanOfSize = sum / count;
    together += (each[k]! * count * (beyond * beyond)) / n;
    crossBetween += each[k]! * (beyond / n) * (sum - count * meanRise);
    const within = Math.max(0, riseSquareSum[k]! - meanOfSize * sum);
    const between = meanOfSize - meanRise;
    predictionScatter += each[k]! * (within + count * (between * between));
    for (let i = 0; i < n; i++) cross[i]! += each[k]! * (riseSumOn[k * n + i]! - (k / n) * sum);
  }
  for (let i = 0; i < n; i++) cross[i]! += crossBetween;

  const offDiagonal = (together - difference) / n;
  const gram = new Float64Array(n * n).fill(offDiagonal);
  for (let i = 0; i < n; i++) gram[i * n + i] = offDiagonal + difference;
  return {
    samples: effectiveSamples,
    components: n,
    maskMean: new Float64Array(n).fill(1 - meanSilenced / n),
    predictionMean: origin + meanRise,
    gram,
    cross,
    predictionScatter,
  };
}

/** The answers to all masks and the settings of an exhaustive fit. */
export interface ExhaustiveFitInput extends ExhaustiveNeighbourhoodInput {
  target: ExplanationTarget;
  featureSelection: FeatureSelection;
  /** The most components to keep, >= 1; all by default. */
  features?: number | undefined;
  /** Ridge penalty of the final fit, >= 0; 1 by default. */
  alpha?: number | undefined;
}

/**
 * Fits the local model to all masks: the mean over all seeds of {@link fitLocal} with
 * `effectiveSamples` drawn masks, without the noise.
 *
 * @throws RangeError if a number is out of range
 */
export function fitExhaustively(input: ExhaustiveFitInput): LocalFit {
  const moments = exhaustiveMoments(input);
  return fitMoments(
    explainsIrrelevance(input.target, input.statistics.origin) ? complement(moments) : moments,
    input,
  );
}

/** Returns the moments of 1 - y. */
function complement(moments: WeightedMoments): WeightedMoments {
  return {
    ...moments,
    predictionMean: 1 - moments.predictionMean,
    cross: moments.cross.map((value) => -value),
  };
}
