import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { sampleCount } from "../audio/audio.ts";
import { resampledCount } from "../audio/resampling.ts";
import { checkHeard, modelWaveform, modelWaveforms } from "../model/model-waveform.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { SnippetSources } from "./snippet-sources.ts";

/** A snippet as the model hears it: mono at the front-end's rate. Converted on first use. */
export interface HeardSound {
  samples: number;
  mix(): Promise<Float32Array>;
  /** One waveform a source, each as long as the mix. */
  sources(): Promise<readonly Float32Array[]>;
}

/** @throws InputError if the snippet is too short for any model */
export function heardSound(
  { mix, separated }: SnippetSources,
  frontEnd: FrontEnd,
  runtime: Runtime,
): HeardSound {
  checkHeard(mix);
  let whole: Promise<Float32Array> | null = null;
  let sources: Promise<Float32Array[]> | null = null;
  return {
    samples: resampledCount(sampleCount(mix), mix.sampleRate, frontEnd.sampleRate),
    mix() {
      whole ??= modelWaveform(mix, frontEnd, runtime);
      return whole;
    },
    sources() {
      sources ??= modelWaveforms(separated.stems, frontEnd, runtime);
      return sources;
    },
  };
}
