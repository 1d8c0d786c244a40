import { SNIPPET_SECONDS, snippetOfTrack } from "@lemons/shared/audio/snippet";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import {
  DEFAULT_SEPARATOR,
  type MixSeparatorName,
  type SeparatorName,
} from "@lemons/shared/contract/separator";
import { type Audio, cut, durationSeconds, sampleCount } from "../audio/audio.ts";
import { centreSnippet } from "../audio/snippet.ts";
import { InputError } from "../input-error.ts";
import { separate } from "../separate/registry.ts";
import type { SeparatedSources } from "../separate/separator.ts";
import { LENGTH_TOLERANCE_SECONDS, stemsOf } from "../separate/stems.ts";
import { mixOfSources } from "./mix-of-sources.ts";
import type { SeparatedCache } from "./separated-cache.ts";

export interface SnippetSourcesInput {
  mix: Audio | null;
  stems: Map<SourceName, Audio> | null;
  separator: SeparatorName;
  audioSha256: string;
  /** Whether the sources matter: only time segments of the mix do not need them. */
  needsSources: boolean;
  separatedCache?: SeparatedCache | undefined;
}

/** The part of a track that the model hears, and its sources. */
export interface SnippetSources {
  /** At the track's own rate. */
  mix: Audio;
  separated: SeparatedSources;
  startSeconds: number;
  seconds: number;
  /** Of the whole track. */
  trackSeconds: number;
}

/**
 * Cuts the centre snippet out of a track and takes it apart: with `stems` the given stems, cut alike,
 * are its sources; any other separator works on the mix, or on the sum of the stems where there is no
 * mix. Where no sources are needed the mix is not separated: it is its own single source `mix`.
 *
 * @throws InputError where there is neither mix nor stems, the separator asks for stems that are not
 *   there, or a stem's length does not fit
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
  if (!stems) throw new InputError("there is no audio: give a mix, stems, or both");
  return mixOfSources((await stemsOf(null, stems)).stems);
}

async function ownSources({ mix, stems }: SnippetSourcesInput): Promise<SnippetSources> {
  if (!stems) {
    throw new InputError(
      `The separator "stems" needs stems. Give them, or use "${DEFAULT_SEPARATOR}".`,
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
  { audioSha256, needsSources, separatedCache }: SnippetSourcesInput,
): Promise<SeparatedSources> {
  if (!needsSources) {
    return { sources: ["mix"], stems: [snippet], separator: "none", version: "1", residual: 0 };
  }
  const separateNow = () => separate(snippet, separator);
  return separatedCache
    ? separatedCache.get(`${audioSha256} ${separator}`, separateNow)
    : separateNow();
}

/** The same stretch of time of every stem; stems of a track that is heard whole stay as they are. */
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
    const wanted = Math.round(SNIPPET_SECONDS * stem.sampleRate);
    result.set(source, cut(stem, start, Math.min(wanted, sampleCount(stem) - start)));
  }
  return result;
}
