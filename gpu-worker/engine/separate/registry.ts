import { type MixSeparatorName, SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import type { Audio } from "../audio/audio.ts";
import { InputError } from "../input-error.ts";
import { dsp } from "./dsp/dsp.ts";
import {
  residualOf,
  type SeparatedSources,
  type SeparateOptions,
  type Separator,
} from "./separator.ts";

/** The installed separators. The owner's own stems go through `stemsOf` instead. */
export const SEPARATORS: Readonly<Record<MixSeparatorName, Separator>> = { dsp };

/** Returns true for the name of an installed separator. */
export function isMixSeparator(name: string): name is MixSeparatorName {
  return Object.hasOwn(SEPARATORS, name);
}

/** The installed separators' names, for messages and help texts: "a, b". */
export const SEPARATOR_CHOICE = Object.keys(SEPARATORS).join(", ");

/**
 * Takes a mix apart with the named separator.
 *
 * @param mix any sample rate and channel count
 * @throws InputError if the separator isn't installed or the mix has no samples; the signal's reason
 */
export async function separate(
  mix: Audio,
  name: MixSeparatorName,
  options: SeparateOptions,
): Promise<SeparatedSources> {
  if (!isMixSeparator(name)) {
    throw new InputError(`Unknown separator "${name}". Use one of: ${SEPARATOR_CHOICE}.`);
  }
  if (!mix.channels[0]?.length) {
    throw new InputError("The audio has no samples to separate. Use another file.");
  }
  const { sources, separate: run } = SEPARATORS[name];
  const stems = await run(mix, options);
  return {
    sources: [...sources],
    stems,
    separator: name,
    version: SEPARATOR_VERSIONS[name],
    residual: residualOf(mix, stems),
  };
}
