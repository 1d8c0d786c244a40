import { ZERO_CROSSINGS } from "./resample-kernel.ts";

/** Parameters of a change of sample rate. */
export interface Resampling {
  /** Output i is `i x advance / phases` inputs after the first. */
  phases: number;
  advance: number;
  /** Time between taps, in samples of the lower rate. */
  step: number;
  /** Inputs before an output, and after it, that it depends on. */
  reach: number;
  taps: number;
}

/** @throws RangeError if a rate isn't a positive whole number of hertz */
export function resamplingOf(fromRate: number, toRate: number): Resampling {
  for (const rate of [fromRate, toRate]) {
    if (!Number.isSafeInteger(rate) || rate < 1) {
      throw new RangeError(`Invalid sample rate ${rate}. Use a positive whole number of hertz.`);
    }
  }
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const step = Math.min(1, toRate / fromRate);
  const reach = 2 * Math.ceil(ZERO_CROSSINGS / step / 2);
  return { phases: toRate / divisor, advance: fromRate / divisor, step, reach, taps: 2 * reach };
}

/** Returns the number of samples at another rate. */
export function resampledCount(samples: number, fromRate: number, toRate: number): number {
  return Math.round((samples * toRate) / fromRate);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
