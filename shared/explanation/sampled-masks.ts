import { MAX_SAMPLES } from "../contract/neighbourhood.ts";
import type { Mask } from "./mask.ts";
import { createMt19937 } from "./mt19937.ts";

/** How many masks of how many components to draw, and from which stream. */
export interface MaskSampling {
  components: number;
  samples: number;
  seed: number;
}

/**
 * Draws masks with each component kept with probability 1/2; the first row is all ones. It is bit
 * for bit the stream of audioLIME's `RandomState(seed)`: one `randint(0, 1000)` first (LIME's seed
 * for its own base), then `randint(0, 2)` row by row, the first row overwritten.
 *
 * @param sampling components >= 1; samples 2 to 8,192; seed 0 to 2^32 - 1
 * @throws RangeError past those limits
 */
export function sampleMasks({ components, samples, seed }: MaskSampling): Mask[] {
  if (!Number.isInteger(components) || components < 1) {
    throw new RangeError(`masks need at least 1 component, not ${components}`);
  }
  if (!Number.isInteger(samples) || samples < 2 || samples > MAX_SAMPLES) {
    throw new RangeError(`samples must be an integer from 2 to ${MAX_SAMPLES}, not ${samples}`);
  }
  const random = createMt19937(seed);
  random.randint(0, 1000);
  const masks = Array.from({ length: samples }, () =>
    Uint8Array.from({ length: components }, () => random.randint(0, 2)),
  );
  masks[0]!.fill(1);
  return masks;
}
