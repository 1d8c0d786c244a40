import { exponential } from "./exponential.ts";
import { kept, type Mask } from "./mask.ts";

/**
 * Returns the cosine distance between a mask with `ones` of `components` bits set and the whole
 * track: 1 - sqrt(ones / components).
 */
export function maskDistance(ones: number, components: number): number {
  return 1 - Math.sqrt(ones / components);
}

/**
 * Returns the weight of a mask at that distance in the local fit, by LIME's exponential kernel
 * sqrt(exp(-distance^2 / kernelWidth^2)) (Ribeiro et al. 2016; `kernel` of LIME's `lime_image.py`).
 */
export function kernelWeight(distance: number, kernelWidth: number): number {
  return Math.sqrt(exponential(-(distance * distance) / (kernelWidth * kernelWidth)));
}

/** Returns the weight of each mask in the local fit, in (0, 1] up to underflow. */
export function kernelWeights(masks: readonly Mask[], kernelWidth: number): Float64Array {
  return Float64Array.from(masks, (mask) =>
    kernelWeight(maskDistance(kept(mask), mask.length), kernelWidth),
  );
}
