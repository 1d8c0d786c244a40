import type { Audio } from "../audio/audio.ts";

/**
 * The sum of sources, added up in float64.
 *
 * @param stems at least one, all of one sample rate, length and channel count
 */
export function mixOfSources(stems: readonly Audio[]): Audio {
  const first = stems[0]!;
  const channels = first.channels.map((template, channel) => {
    const parts = stems.map((stem) => stem.channels[channel]!);
    return template.map((_, sample) => {
      let sum = 0;
      for (const part of parts) sum += part[sample]!;
      return sum;
    });
  });
  return { sampleRate: first.sampleRate, channels };
}
