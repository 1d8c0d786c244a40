import type { Component } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
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
