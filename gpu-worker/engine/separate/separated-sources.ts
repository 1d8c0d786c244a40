import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Audio } from "../audio/audio.ts";

/** A mix taken apart: named sources that sum to it. */
export interface SeparatedSources {
  /** Known sources first, in the order of SOURCES (vocals, piano, drums, bass, other). */
  sources: SourceName[];
  /** One a source, each of the mix's sample rate, channel count and length. */
  stems: Audio[];
  /** Name of what took it apart: `dsp`, `stems`. */
  separator: string;
  /** Changes whenever the same mix would give other samples; part of content addresses. */
  version: string;
  /** Largest |mix - sum of sources| found, before any correction. */
  residual: number;
}

/**
 * Largest |mix - sum of stems| over all samples of all channels.
 *
 * @param stems each of the mix's channel count and length
 */
export function residualOf(mix: Audio, stems: Audio[]): number {
  let largest = 0;
  for (const [channel, samples] of mix.channels.entries()) {
    const parts = stems.map((stem) => stem.channels[channel]!);
    for (let index = 0; index < samples.length; index++) {
      let sum = 0;
      for (const part of parts) sum += part[index]!;
      const difference = Math.abs(samples[index]! - sum);
      if (difference > largest) largest = difference;
    }
  }
  return largest;
}
