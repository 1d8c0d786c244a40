import type { SampledNeighbourhood } from "@lemons/shared/contract/explanation-request";
import { distinctMasks, type Mask } from "@lemons/shared/explanation/mask";
import { sampleMasks } from "@lemons/shared/explanation/sampled-masks";
import { MaskError, parseMasks } from "@lemons/shared/explanation/supplied-masks";
import { InputError } from "../input-error.ts";

/** The masks of a local fit. */
export interface Neighbourhood {
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
export function neighbourhoodOf(
  settings: SampledNeighbourhood,
  components: number,
  suppliedMasks: unknown,
): Neighbourhood {
  if (suppliedMasks === undefined) {
    const masks = sampleMasks({ components, samples: settings.samples, seed: settings.seed });
    return { masks, ...distinctMasks(masks), settings, supplied: false };
  }
  const masks = parse(suppliedMasks, components);
  return {
    masks,
    ...distinctMasks(masks),
    settings: { ...settings, samples: masks.length },
    supplied: true,
  };
}

function parse(json: unknown, components: number): Mask[] {
  try {
    return parseMasks(json, components);
  } catch (error) {
    if (error instanceof MaskError) throw new InputError(error.message, { cause: error });
    throw error;
  }
}
