import fc from "fast-check";
import { sigmoid } from "./exponential.ts";
import { allMasks, type Mask } from "./mask.ts";
import { type MaskStatistics, tallyMasks } from "./mask-statistics.ts";
import { createMt19937 } from "./mt19937.ts";
import { sampleMasks } from "./sampled-masks.ts";

/** Masks with the answers of a made-up model: a linear part, an interaction and noise. */
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

/** All masks with their logits and statistics. */
export interface Enumerated {
  masks: Mask[];
  logits: number[];
  relevances: number[];
  statistics: MaskStatistics;
}

/** Computes the statistics of all masks of a function. */
export function enumerated(components: number, logitOf: (mask: Mask) => number): Enumerated {
  const masks = allMasks(components);
  const logits = masks.map(logitOf);
  return { masks, logits, relevances: logits.map(sigmoid), statistics: tallyMasks(masks, logits) };
}

/** Creates a made-up model: components add up, two interact, and there is noise. */
export function randomlyEnumerated(components: number, seed: number): Enumerated {
  const random = createMt19937(seed);
  const uniform = () => random.nextUint32() / 2 ** 31 - 1;
  const slopes = Array.from({ length: components }, uniform);
  const bias = 2 * uniform();
  return enumerated(components, (mask) => {
    const linear = slopes.reduce((sum, slope, i) => sum + slope * mask[i]!, bias);
    return linear + mask[0]! * mask.at(-1)! + 0.3 * uniform();
  });
}

export function randomStatistics(maxComponents: number): fc.Arbitrary<Enumerated> {
  return fc
    .tuple(fc.integer({ min: 1, max: maxComponents }), fc.integer({ min: 0, max: 0xffffffff }))
    .map(([components, seed]) => randomlyEnumerated(components, seed));
}
