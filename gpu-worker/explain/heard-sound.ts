import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { modelWaveform, modelWaveforms } from "../model/model-waveform.ts";
import type { SnippetSources } from "./snippet-sources.ts";

/** A snippet as the model hears it: mono at its own rate. */
export interface HeardSound {
  mix: Float32Array;
  /** Each as long as the mix; converted when first asked for. */
  sources(): Promise<readonly Float32Array[]>;
}

/** @throws InputError where the snippet is too short for any model */
export async function heardSound(
  { mix, separated }: SnippetSources,
  frontEnd: FrontEnd,
): Promise<HeardSound> {
  let sources: Promise<Float32Array[]> | null = null;
  return {
    mix: await modelWaveform(mix, frontEnd),
    sources() {
      sources ??= modelWaveforms(separated.stems, frontEnd);
      return sources;
    },
  };
}
