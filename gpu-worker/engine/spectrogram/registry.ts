import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { FftRuntime } from "../runtime/runtime.ts";
import type { FrontEndKind, SpectrogramTransform } from "./front-end.ts";
import { htkDecibels } from "./log-mel.ts";

/** The installed kinds; the first that supports a model's settings computes its spectrograms. */
export const FRONT_ENDS: readonly FrontEndKind[] = [htkDecibels];

/**
 * Creates the transform that a model's front-end settings describe.
 *
 * @throws RangeError if no installed kind supports them
 */
export function createFrontEnd(settings: FrontEnd, runtime: FftRuntime): SpectrogramTransform {
  const kind = FRONT_ENDS.find((each) => each.supports(settings));
  if (!kind) {
    const { melScale, norm, power, log } = settings;
    throw new RangeError(
      `No front-end computes melScale ${melScale}, norm ${norm}, power ${power} and log ${log}.`,
    );
  }
  return kind.create(settings, runtime);
}
