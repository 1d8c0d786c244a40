import fc from "fast-check";
import { createMt19937 } from "./mt19937.ts";
import { sampleMasks } from "./sampled-masks.ts";

/** Masks with a made-up model's answers: a linear part, an interaction and some noise. */
export const randomResponses = fc
  .record({
    components: fc.integer({ min: 2, max: 12 }),
    samples: fc.integer({ min: 2, max: 60 }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map((sampling) => {
    const masks = sampleMasks(sampling);
    const random = createMt19937(sampling.seed);
    const uniform = () => random.nextUint32() / 2 ** 31 - 1;
    const slopes = Array.from({ length: sampling.components }, uniform);
    const predictions = masks.map((mask) => {
      const linear = slopes.reduce((sum, slope, i) => sum + slope * mask[i]!, 0);
      return 1 / (1 + Math.exp(-linear - mask[0]! * mask[1]! - 0.3 * uniform()));
    });
    return { masks, predictions };
  });
