import type { Component } from "@lemons/shared/contract/explanation";
import type { ExplanationType, SourceName } from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import { encodeMp3 } from "../audio/encode-mp3.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ExplainAudioInput } from "./explain-audio.ts";
import { type RenderedHighlight, renderHighlights } from "./highlight.ts";
import { snippetSources } from "./snippet-sources.ts";

export interface RenderAudioInput
  extends Pick<
    ExplainAudioInput,
    "mix" | "stems" | "separator" | "audioSha256" | "separatedCache" | "signal"
  > {
  runtime: Runtime;
  type: ExplanationType;
  /** Those of an explanation of the track. */
  components: readonly Component[];
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Renders the highlights of an explanation that was made without audio. No model is needed.
 *
 * @throws InputError where audio, stems and components do not fit together; the signal's reason
 */
export async function renderAudio(input: RenderAudioInput): Promise<RenderedHighlight[]> {
  const { type, components, onProgress, signal } = input;
  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const sound = await snippetSources({ ...input, needsSources: type !== "time" });
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  signal?.throwIfAborted();
  onProgress?.({ phase: "fitting", done: 0, total: 1 });
  const rendered = await renderHighlights({ ...sound, components });
  onProgress?.({ phase: "fitting", done: 1, total: 1 });
  return rendered;
}

/** Half the rate would do for one source, but several are heard at once. */
const STEM_KBIT_PER_SECOND = 192;

export interface RenderStemsInput
  extends Pick<
    ExplainAudioInput,
    "mix" | "stems" | "separator" | "audioSha256" | "separatedCache" | "signal"
  > {
  runtime: Runtime;
  /** Those that are wanted. */
  sources: readonly SourceName[];
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface RenderedStem {
  source: SourceName;
  encoded: EncodedAudio;
}

/**
 * The sources of a track's snippet as files that start and end together: at the track's own rate and
 * in stereo where it is, as the model hears them but for the encoder's losses. Their sum is the
 * snippet.
 *
 * @throws InputError where audio and stems do not fit together; the signal's reason
 */
export async function renderStems(input: RenderStemsInput): Promise<RenderedStem[]> {
  const { sources: wanted, onProgress, signal } = input;
  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const { separated } = await snippetSources({ ...input, needsSources: true });
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  const rendered: RenderedStem[] = [];
  for (const [index, source] of separated.sources.entries()) {
    if (!wanted.includes(source)) continue;
    signal?.throwIfAborted();
    onProgress?.({ phase: "fitting", done: rendered.length, total: wanted.length });
    const encoded = await encodeMp3(separated.stems[index]!, {
      kbitPerSecond: STEM_KBIT_PER_SECOND,
    });
    rendered.push({ source, encoded });
  }
  return rendered;
}
