import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { MixSeparatorName } from "@lemons/shared/contract/separator";
import type { Audio } from "../audio/audio.ts";
import type { Runtime } from "../runtime/runtime.ts";

/**
 * Takes a mix apart into sources that sum to it. Every implementation passes
 * `separator-contract.test.ts`.
 */
export interface Separator {
  name: MixSeparatorName;
  /** The sources it always returns, in the order of `compareSources`. */
  sources: readonly SourceName[];
  /**
   * Separates a mix of any sample rate and channel count.
   *
   * @param mix at least one sample, left unchanged
   * @returns one stem per source, in the order of `sources`, each of the mix's sample rate, channel
   *   count and length; together they sum to the mix within 1e-5. The same mix gives the same
   *   samples.
   * @throws the signal's reason once it is aborted
   */
  separate(mix: Audio, options: SeparateOptions): Promise<Audio[]>;
}

export interface SeparateOptions {
  /** Host of Fourier transforms and models. */
  runtime: Runtime;
  signal?: AbortSignal | undefined;
  /** Receives the finished fraction, rising to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
}

/** A mix taken apart: named sources that sum to it. */
export interface SeparatedSources {
  /** Known sources first, in the order of SOURCES (vocals, piano, drums, bass, other). */
  sources: SourceName[];
  /** One per source, each of the mix's sample rate, channel count and length. */
  stems: Audio[];
  /** Name of the separator, `stems` for the owner's own stems. */
  separator: string;
  /** Changes whenever the same mix would give other samples; part of content addresses. */
  version: string;
  /** Largest |mix - sum of sources|, before any correction. */
  residual: number;
}

/**
 * Largest |mix - sum of stems| over all samples of all channels.
 *
 * @param stems each of the mix's channel count and length
 */
export function residualOf(mix: Audio, stems: readonly Audio[]): number {
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
