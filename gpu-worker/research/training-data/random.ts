import { createHash } from "node:crypto";
import { createMt19937, type RandomStream } from "@lemons/shared/explanation/mt19937";

/** A stream of random numbers. */
export interface Random extends RandomStream {
  /** Draws from [0, 1), with the 53 bits of NumPy's `random_sample`. */
  uniform(): number;
  /** Draws from [low, high). */
  between(low: number, high: number): number;
  /** Draws from the standard normal distribution (Box and Muller 1958). */
  normal(): number;
}

/**
 * Creates a stream that depends only on the seed and the purpose. Every epoch, step and example has
 * its own stream, so training can resume at any step, and the numbers don't depend on which thread
 * draws when.
 *
 * @param seed 0 to 2^32 - 1
 * @param purpose for example `"crops", epoch, step`
 */
export function randomFor(seed: number, ...purpose: (string | number)[]): Random {
  const stream = createMt19937(seedFor(seed, ...purpose));
  const uniform = () =>
    ((stream.nextUint32() >>> 5) * 67_108_864 + (stream.nextUint32() >>> 6)) /
    9_007_199_254_740_992;
  return {
    ...stream,
    uniform,
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Returns the seed of {@link randomFor}'s stream, 0 to 2^32 - 1. */
export function seedFor(seed: number, ...purpose: (string | number)[]): number {
  const text = JSON.stringify([seed, ...purpose]);
  return createHash("sha256").update(text).digest().readUInt32LE(0);
}

/** Draws a permutation of 0 to count - 1 (Fisher and Yates, from the end). */
export function permutation(count: number, random: RandomStream): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.randint(0, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
