import { ZERO_CROSSINGS } from "./resample-kernel.ts";

/** How a change of rate is computed. */
export interface Resampling {
  /** Output i lies `i x advance / phases` inputs after the first. */
  phases: number;
  advance: number;
  /** Time between taps, in samples of the lower rate. */
  step: number;
  /** Inputs that an output weighs before itself, and after. */
  reach: number;
  taps: number;
}

/** @throws RangeError where a rate is not a positive whole number of hertz */
export function resamplingOf(fromRate: number, toRate: number): Resampling {
  for (const rate of [fromRate, toRate]) {
    if (!Number.isSafeInteger(rate) || rate < 1) {
      throw new RangeError(`a sample rate is a positive whole number of hertz, not ${rate}`);
    }
  }
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const step = Math.min(1, toRate / fromRate);
  const reach = 2 * Math.ceil(ZERO_CROSSINGS / step / 2);
  return { phases: toRate / divisor, advance: fromRate / divisor, step, reach, taps: 2 * reach };
}

/** Samples that so many become at another rate. */
export function resampledCount(samples: number, fromRate: number, toRate: number): number {
  return Math.round((samples * toRate) / fromRate);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
