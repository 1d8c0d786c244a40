import type { SampledNeighbourhood } from "@lemons/shared/contract/explanation-request";
import { distinctMasks, type Mask } from "@lemons/shared/explanation/mask";
import { MaskError, parseMasks, sampleMasks } from "@lemons/shared/explanation/sampled-masks";
import { InputError } from "../input-error.ts";

/** The masks of a local fit that does not count them all. */
export interface SampledMasks {
  /** The first is all ones. */
  masks: Mask[];
  /** Each different mask once; the first is all ones. */
  distinct: Mask[];
  /** `distinct[indexOf[i]]` equals `masks[i]`. */
  indexOf: Uint32Array;
  /** As the explanation reports it. */
  settings: SampledNeighbourhood;
  /** Whether the caller named the masks. */
  supplied: boolean;
}

/**
 * Draws the masks, or takes the caller's own (parsed JSON) where there are any.
 *
 * @throws InputError where the caller's masks cannot be used
 */
export function sampledMasksOf(
  settings: SampledNeighbourhood,
  components: number,
  suppliedMasks: unknown,
): SampledMasks {
  if (suppliedMasks === undefined) {
    const masks = sampleMasks({ components, samples: settings.samples, seed: settings.seed });
    return { masks, ...distinctMasks(masks), settings, supplied: false };
  }
  const masks = suppliedMasksOf(suppliedMasks, components);
  return {
    masks,
    ...distinctMasks(masks),
    settings: { ...settings, samples: masks.length },
    supplied: true,
  };
}

/**
 * Reads the caller's masks (parsed JSON).
 *
 * @throws InputError where they cannot be used
 */
export function suppliedMasksOf(json: unknown, components: number): Mask[] {
  try {
    return parseMasks(json, components);
  } catch (error) {
    if (error instanceof MaskError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}
