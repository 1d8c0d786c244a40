import { z } from "zod";

/**
 * How crops are varied. Each is off at 0: the original trains on plain crops. Together they are part
 * of a run's record.
 */
export const Augmentation = z.strictObject({
  gainDb: z.number().min(0).max(40).describe("louder or quieter by up to so many dB"),
  speedPercent: z
    .int()
    .min(0)
    .max(20)
    .describe("faster and higher, or slower and lower, by up to so many percent"),
  noiseDb: z
    .number()
    .min(0)
    .max(80)
    .describe("white noise, from so many dB below full scale down to 80; 0 for none"),
  mixup: z
    .number()
    .min(0)
    .max(0.5)
    .describe("a second crop takes up to this share of sound and labels (Zhang et al. 2018)"),
});
export type Augmentation = z.infer<typeof Augmentation>;

/** Plain crops. */
export const NO_AUGMENTATION: Augmentation = {
  gainDb: 0,
  speedPercent: 0,
  noiseDb: 0,
  mixup: 0,
};
