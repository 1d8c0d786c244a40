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
  /** Components of an explanation of the track. */
  components: readonly Component[];
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Renders the highlights of an explanation that was computed without audio. Needs no model.
 *
 * @throws InputError if audio, stems and components don't fit together; the signal's reason
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

/** Half the rate would be enough for one source, but several are played at once. */
const STEM_KBIT_PER_SECOND = 192;

export interface RenderStemsInput
  extends Pick<
    ExplainAudioInput,
    "mix" | "stems" | "separator" | "audioSha256" | "separatedCache" | "signal"
  > {
  runtime: Runtime;
  /** Sources to render. */
  sources: readonly SourceName[];
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface RenderedStem {
  source: SourceName;
  encoded: EncodedAudio;
}

/**
 * Renders the sources of a track's snippet as files of equal length, at the track's own rate and
 * channel count. Their sum is the snippet, up to the encoder's losses.
 *
 * @throws InputError if audio and stems don't fit together; the signal's reason
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
