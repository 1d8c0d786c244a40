import { createHash } from "node:crypto";
import { createMt19937, type RandomStream } from "@lemons/shared/explanation/mt19937";

/** Random numbers for one purpose. */
export interface Random extends RandomStream {
  /** In [0, 1), with the 53 bits of NumPy's `random_sample`. */
  uniform(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
}

/**
 * A stream that depends on nothing but the seed and what it is for. Since every epoch, step and
 * example names its own, training can go on from any step, and nothing depends on which thread
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

/** The seed of {@link randomFor}'s stream, 0 to 2^32 - 1. */
export function seedFor(seed: number, ...purpose: (string | number)[]): number {
  const text = JSON.stringify([seed, ...purpose]);
  return createHash("sha256").update(text).digest().readUInt32LE(0);
}

/** A permutation of 0 .. count - 1 (Fisher and Yates, from the end). */
export function permutation(count: number, random: RandomStream): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.randint(0, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
