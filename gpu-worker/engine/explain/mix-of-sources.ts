import type { Audio } from "../audio/audio.ts";
import { sumOf } from "../audio/sum-of.ts";

/**
 * The sum of sources, added up in float64.
 *
 * @param stems at least one, all of one sample rate, length and channel count
 */
export function mixOfSources(stems: readonly Audio[]): Audio {
  const { sampleRate, channels } = stems[0]!;
  return {
    sampleRate,
    channels: channels.map((_, channel) => sumOf(stems.map((stem) => stem.channels[channel]!))),
  };
}
