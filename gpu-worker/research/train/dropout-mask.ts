import { createMt19937 } from "@lemons/shared/explanation/mt19937";

/** Golden ratio of 2^32: seeds of following steps lie far apart. */
const SEED_STRIDE = 0x9e3779b9;

/**
 * The dropout mask of a step: it depends on the seed and the number of the step alone, so that a
 * training that is taken up again drops what it would have dropped.
 *
 * @param rate share that is dropped, 0 to 1
 * @param step steps done before
 * @returns 1 keeps and 0 drops
 */
export function drawDropoutMask(
  length: number,
  rate: number,
  seed: number,
  step: number,
): Float32Array {
  const random = createMt19937((seed ^ Math.imul(step + 1, SEED_STRIDE)) >>> 0);
  return Float32Array.from({ length }, () => (random.nextUint32() / 2 ** 32 < rate ? 0 : 1));
}
