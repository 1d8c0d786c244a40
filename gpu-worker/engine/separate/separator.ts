import type { Audio } from "../audio/audio.ts";
import { InputError } from "../input-error.ts";
import { DSP_VERSION, separateByMasks } from "./dsp.ts";
import type { SeparatedSources } from "./separated-sources.ts";

export type { SeparatedSources } from "./separated-sources.ts";

interface Separator {
  /** Bumped whenever the same mix would give other samples: it is part of content addresses. */
  version: string;
  separate: (mix: Audio) => Promise<SeparatedSources>;
}

/** What can take a mix apart by itself. The user's own stems go through `stemsOf`. */
export const SEPARATORS = {
  dsp: { version: DSP_VERSION, separate: separateByMasks },
} as const satisfies Record<string, Separator>;

export type SeparatorName = keyof typeof SEPARATORS;

/** Whether LEMONS has a separator of that name. */
export function isSeparatorName(name: string): name is SeparatorName {
  return Object.hasOwn(SEPARATORS, name);
}

/**
 * Takes a mix apart into sources that sum to it.
 *
 * @param mix any sample rate and channel count, at least one sample
 * @throws InputError where the mix has no samples or the separator is unknown
 */
export async function separate(mix: Audio, separator: SeparatorName): Promise<SeparatedSources> {
  if (!isSeparatorName(separator)) {
    throw new InputError(
      `There is no separator "${separator}". Choose one of: ${Object.keys(SEPARATORS).join(", ")}.`,
    );
  }
  if (!mix.channels[0]?.length) {
    throw new InputError("The audio has no samples, so there is nothing to separate.");
  }
  return SEPARATORS[separator].separate(mix);
}
