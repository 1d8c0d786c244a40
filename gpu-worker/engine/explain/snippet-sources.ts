import { SNIPPET_SECONDS, snippetOfTrack } from "@lemons/shared/audio/snippet";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import {
  DEFAULT_SEPARATOR,
  type MixSeparatorName,
  type SeparatorName,
} from "@lemons/shared/contract/separator";
import { type Audio, cut, durationSeconds, sampleCount } from "../audio/audio.ts";
import { resampledCount } from "../audio/resampling.ts";
import { centreSnippet } from "../audio/snippet.ts";
import { sumOf } from "../audio/sum-of.ts";
import { InputError } from "../input-error.ts";
import { checkHeard, modelWaveform, modelWaveforms } from "../model/model-waveform.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { separate } from "../separate/registry.ts";
import type { SeparatedSources } from "../separate/separator.ts";
import { LENGTH_TOLERANCE_SECONDS, stemsOf } from "../separate/stems.ts";
import type { SeparatedCache } from "./separated-cache.ts";

export interface SnippetSourcesInput {
  runtime: Runtime;
  mix: Audio | null;
  stems: Map<SourceName, Audio> | null;
  separator: SeparatorName;
  audioSha256: string;
  /** False for time segments of the mix, which need no separation. */
  needsSources: boolean;
  separatedCache?: SeparatedCache | undefined;
  signal?: AbortSignal | undefined;
}

/** The part of a track that the model hears, with its sources. */
export interface SnippetSources {
  /** At the track's own rate. */
  mix: Audio;
  separated: SeparatedSources;
  startSeconds: number;
  seconds: number;
  /** Length of the whole track. */
  trackSeconds: number;
}

/**
 * Cuts the centre snippet out of a track and separates it. With the separator `stems`, its sources are
 * the given stems, cut alike. Other separators work on the mix, or without one on the sum of the
 * stems. If no sources are needed, the mix is its own single source `mix`.
 *
 * @throws InputError if there is neither mix nor stems, the separator `stems` has no stems, or a stem's
 *   length differs from the track's; the signal's reason
 */
export async function snippetSources(input: SnippetSourcesInput): Promise<SnippetSources> {
  return input.separator === "stems" ? ownSources(input) : separatedSources(input, input.separator);
}

async function separatedSources(
  input: SnippetSourcesInput,
  separator: MixSeparatorName,
): Promise<SnippetSources> {
  const mix = input.mix ?? (await sumOfStems(input.stems));
  const { audio, startSeconds, seconds } = centreSnippet(mix);
  const separated = await separateMix(audio, separator, input);
  return { mix: audio, separated, startSeconds, seconds, trackSeconds: durationSeconds(mix) };
}

async function sumOfStems(stems: Map<SourceName, Audio> | null): Promise<Audio> {
  if (!stems) throw new InputError("there is no audio; send a mix, stems, or both");
  return mixOfSources((await stemsOf(null, stems)).stems);
}

async function ownSources({ mix, stems }: SnippetSourcesInput): Promise<SnippetSources> {
  if (!stems) {
    throw new InputError(
      `The separator "stems" needs stems. Send them, or use "${DEFAULT_SEPARATOR}".`,
    );
  }
  const trackSeconds = mix
    ? durationSeconds(mix)
    : Math.max(...[...stems.values()].map(durationSeconds));
  const snippet = mix ? centreSnippet(mix) : null;
  const startSeconds = snippet?.startSeconds ?? snippetOfTrack(trackSeconds).startSeconds;
  const separated = await stemsOf(
    snippet?.audio ?? null,
    cutAlike(stems, startSeconds, trackSeconds),
  );
  const audio = snippet?.audio ?? mixOfSources(separated.stems);
  return { mix: audio, separated, startSeconds, seconds: durationSeconds(audio), trackSeconds };
}

async function separateMix(
  snippet: Audio,
  separator: MixSeparatorName,
  { runtime, audioSha256, needsSources, separatedCache, signal }: SnippetSourcesInput,
): Promise<SeparatedSources> {
  if (!needsSources) {
    return { sources: ["mix"], stems: [snippet], separator: "none", version: "1", residual: 0 };
  }
  const separateNow = () => separate(snippet, separator, { runtime, signal });
  return separatedCache
    ? separatedCache.get(`${audioSha256} ${separator}`, separateNow)
    : separateNow();
}

/** Cuts the snippet out of every stem. Stems of a track no longer than a snippet stay whole. */
function cutAlike(
  stems: Map<SourceName, Audio>,
  startSeconds: number,
  trackSeconds: number,
): Map<SourceName, Audio> {
  if (trackSeconds <= SNIPPET_SECONDS) return stems;
  const result = new Map<SourceName, Audio>();
  for (const [source, stem] of stems) {
    const difference = durationSeconds(stem) - trackSeconds;
    if (Math.abs(difference) > LENGTH_TOLERANCE_SECONDS) {
      const by = Math.abs(difference).toFixed(3);
      throw new InputError(
        `the stem "${source}" is ${by} s ${difference > 0 ? "longer" : "shorter"} than the track; export all stems over one range`,
      );
    }
    const start = Math.round(startSeconds * stem.sampleRate);
    const length = Math.round(SNIPPET_SECONDS * stem.sampleRate);
    result.set(source, cut(stem, start, Math.min(length, sampleCount(stem) - start)));
  }
  return result;
}

/** A snippet as the model hears it: mono at the front-end's rate. Converted on first use. */
export interface HeardSound {
  samples: number;
  mix(): Promise<Float32Array>;
  /** One waveform a source, each as long as the mix. */
  sources(): Promise<readonly Float32Array[]>;
}

/**
 * Prepares the conversion of a snippet to a model's input.
 *
 * @throws InputError if the snippet is too short for any model
 */
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

/**
 * Adds up sources in float64.
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
