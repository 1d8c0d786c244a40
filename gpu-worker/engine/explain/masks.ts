import type { Explanation } from "@lemons/shared/contract/explanation";
import type { SampledNeighbourhood } from "@lemons/shared/contract/explanation-request";
import { distinctMasks, type Mask } from "@lemons/shared/explanation/mask";
import { MaskError, parseMasks, sampleMasks } from "@lemons/shared/explanation/sampled-masks";
import { InputError } from "../input-error.ts";

/** The masks of a sampled neighbourhood. */
export interface SampledMasks {
  /** The first is all ones. */
  masks: Mask[];
  /** Each different mask once; the first is all ones. */
  distinct: Mask[];
  /** `distinct[indexOf[i]]` equals `masks[i]`. */
  indexOf: Uint32Array;
  /** As the explanation reports it. */
  settings: SampledNeighbourhood;
  /** True for the caller's masks, false for drawn ones. */
  supplied: boolean;
}

/**
 * Draws masks, or parses the caller's.
 *
 * @param supplied parsed JSON; undefined to draw masks
 * @throws InputError if the caller's masks can't be used
 */
export function sampledMasks(
  settings: SampledNeighbourhood,
  components: number,
  supplied: unknown,
): SampledMasks {
  if (supplied === undefined) {
    const masks = sampleMasks({ components, samples: settings.samples, seed: settings.seed });
    return { masks, ...distinctMasks(masks), settings, supplied: false };
  }
  const masks = suppliedMasks(supplied, components);
  return {
    masks,
    ...distinctMasks(masks),
    settings: { ...settings, samples: masks.length },
    supplied: true,
  };
}

/**
 * Parses the caller's masks.
 *
 * @param json parsed JSON
 * @throws InputError if they can't be used
 */
export function suppliedMasks(json: unknown, components: number): Mask[] {
  try {
    return parseMasks(json, components);
  } catch (error) {
    if (error instanceof MaskError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}

/** Returns the caller's masks and the relevance of each, as an explanation reports them. */
export function reportedMasks(
  masks: readonly Mask[],
  predictions: number[],
): Required<Pick<Explanation, "masks" | "predictions">> {
  return {
    masks: masks.map((mask) => Array.from(mask, (bit) => (bit === 1 ? 1 : 0))),
    predictions,
  };
}
