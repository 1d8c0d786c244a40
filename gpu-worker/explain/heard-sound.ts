import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { modelWaveform } from "../model/model-waveform.ts";
import type { SnippetSources } from "./snippet-sources.ts";

/** A snippet as the model hears it: mono at its own rate. */
export interface HeardSound {
  mix: Float32Array;
  /** Each as long as the mix; converted when first asked for. */
  sources(): readonly Float32Array[];
}

/** @throws InputError where the snippet is too short for any model */
export function heardSound({ mix, separated }: SnippetSources, frontEnd: FrontEnd): HeardSound {
  let sources: Float32Array[] | null = null;
  return {
    mix: modelWaveform(mix, frontEnd),
    sources() {
      sources ??= separated.stems.map((stem) => modelWaveform(stem, frontEnd));
      return sources;
    },
  };
}
