import type { Audio } from "../audio/audio.ts";
import type { SeparatedSources } from "../separate/separated-sources.ts";

/** The track that its stems add up to, at their rate and channel count. */
export function mixOf({ stems }: SeparatedSources): Audio {
  const first = stems[0]!;
  const channels = first.channels.map((samples, channel) => {
    const sum = new Float32Array(samples.length);
    for (const stem of stems) {
      const part = stem.channels[channel]!;
      for (let index = 0; index < sum.length; index++) sum[index]! += part[index]!;
    }
    return sum;
  });
  return { sampleRate: first.sampleRate, channels };
}
