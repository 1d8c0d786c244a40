import type { Explanation, Separation } from "@lemons/shared/contract/explanation";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { Progress } from "@lemons/shared/contract/job";
import type { SeparatorName } from "@lemons/shared/contract/separator";
import { componentCount, componentsOf } from "@lemons/shared/explanation/components";
import type { Audio } from "../audio/audio.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import { InputError } from "../input-error.ts";
import type { ModelPackage } from "../model/model-package.ts";
import { modelWaveform } from "../model/model-waveform.ts";
import { relevanceOf } from "../model/relevance.ts";
import type { Scorer } from "../model/scorer.ts";
import type { SeparatedSources } from "../separate/separated-sources.ts";
import { fitExplanation } from "./fit-explanation.ts";
import { renderHighlights } from "./highlight.ts";
import { maskLogits } from "./mask-logits.ts";
import { createMaskedMix, type MaskableSound } from "./masked-mix.ts";
import { neighbourhoodOf } from "./neighbourhood.ts";
import type { ResolvedQuestion } from "./resolved-question.ts";
import type { SeparatedCache } from "./separated-cache.ts";
import { type SnippetSources, snippetSources } from "./snippet-sources.ts";
import { createStopwatch } from "./stopwatch.ts";

export type { ResolvedQuestion } from "./resolved-question.ts";

export interface ExplainAudioInput {
  /** The whole track; null where the stems are the track. */
  mix: Audio | null;
  /** Own stems of the whole track; used by the separator `stems`, or where there is no mix. */
  stems: Map<SourceName, Audio> | null;
  separator: SeparatorName;
  /** Of the file, or of the stems' hashes where the stems are the track. */
  audioSha256: string;
  model: ModelPackage;
  question: ResolvedQuestion;
  /** Supplied masks as parsed JSON: the fit is on exactly these instead of sampled ones. */
  masks?: unknown;
  /** Only components of this source become highlights. */
  querySource?: SourceName | undefined;
  scorer: Scorer;
  separatedCache?: SeparatedCache | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once, as soon as the whole track's relevance is known. */
  onRelevance?: ((relevance: number) => void) | undefined;
  /** Looked at between the steps and forward passes; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface ExplainedAudio {
  explanation: Explanation;
  /** Of the snippet, at the track's own rate. */
  separated: SeparatedSources;
  /** Those with a sound; the others have `file: null` in the explanation. */
  highlights: { name: "top-1" | "top-3"; encoded: EncodedAudio }[];
}

/**
 * Explains a recommendation by listenable parts of the track (audioLIME, Haunschmid et al. 2020):
 * centre snippet, sources, components, masks, the model's relevance of each different masked mix, a
 * local linear fit, and its strongest components as audio.
 *
 * The model hears the sum of kept sources, mono at its own rate; for `time` it hears stretches of
 * the mix itself, which needs no separation.
 *
 * @throws InputError where audio, stems, masks, model or question do not fit together; the signal's
 *   reason where it is aborted
 */
export async function explainAudio(input: ExplainAudioInput): Promise<ExplainedAudio> {
  const { model, question, scorer, onProgress, onRelevance, signal } = input;
  const stopwatch = createStopwatch();

  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const sound = await stopwatch.timeAsync("separating", () =>
    snippetSources({ ...input, needsSources: question.type !== "time" }),
  );
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  checkQuerySource(input, sound.separated);
  const { frontEnd } = model.manifest;
  const maskedMix = stopwatch.time("resampling", () =>
    createMaskedMix(maskableSound(sound, question, frontEnd)),
  );
  const neighbourhood = neighbourhoodOf(
    question.neighbourhood,
    componentCount(maskedMix.grid),
    input.masks,
  );
  let announced = false;
  const logits = await maskLogits({
    maskedMix,
    masks: neighbourhood.distinct,
    model,
    scorer,
    stopwatch,
    signal,
    onScored: (known) => {
      if (!announced) onRelevance?.(relevanceOf(known[0]!));
      announced = true;
      onProgress?.({
        phase: "scoring",
        done: known.length,
        total: neighbourhood.distinct.length,
      });
    },
  });

  onProgress?.({ phase: "fitting", done: 0, total: 1 });
  const segments = maskedMix.bounds.map(([start, end]) => ({
    startSeconds: sound.startSeconds + start / frontEnd.sampleRate,
    endSeconds: sound.startSeconds + end / frontEnd.sampleRate,
  }));
  const places = componentsOf({
    type: question.type,
    segments,
    sources: sound.separated.sources,
  });
  const fitted = stopwatch.time("fitting", () =>
    fitExplanation({ question, places, neighbourhood, logits }),
  );
  const rendered = await stopwatch.timeAsync("rendering", () =>
    renderHighlights({
      ...sound,
      segments,
      components: fitted.components,
      querySource: input.querySource,
    }),
  );
  onProgress?.({ phase: "fitting", done: 1, total: 1 });

  const explanation: Explanation = {
    schemaVersion: 1,
    type: question.type,
    target: question.target,
    model: { id: model.manifest.id, version: model.manifest.version },
    audio: {
      sha256: input.audioSha256,
      sampleRate: sound.mix.sampleRate,
      channels: sound.mix.channels.length,
      seconds: sound.trackSeconds,
      snippet: { startSeconds: sound.startSeconds, seconds: sound.seconds },
    },
    separation: separationOf(sound.separated),
    segments,
    ...fitted,
    highlights: rendered.map(({ highlight }) => highlight),
    timings: stopwatch.seconds(),
  };
  const highlights = rendered.flatMap(({ highlight: { name }, encoded }) =>
    encoded ? [{ name, encoded }] : [],
  );
  return { explanation, separated: sound.separated, highlights };
}

/** `time` gates the mix itself; `source` is one segment of the whole snippet. */
function maskableSound(
  { mix, separated }: SnippetSources,
  { type, segments }: ResolvedQuestion,
  frontEnd: FrontEnd,
): MaskableSound {
  const heard = modelWaveform(mix, frontEnd);
  return {
    mix: heard,
    sources:
      type === "time" ? [heard] : separated.stems.map((stem) => modelWaveform(stem, frontEnd)),
    type,
    segments: type === "source" ? 1 : segments,
  };
}

function separationOf({ separator, version, sources, residual }: SeparatedSources): Separation {
  return { separator, version, sources, residual };
}

function checkQuerySource(
  { querySource, question: { type } }: ExplainAudioInput,
  { sources }: SeparatedSources,
): void {
  if (querySource === undefined) return;
  if (type === "time") {
    throw new InputError(
      `highlights of the source "${querySource}" need the type source or time+source: time segments have no sources`,
    );
  }
  if (!sources.includes(querySource)) {
    throw new InputError(
      `there is no source "${querySource}"; the sources are ${sources.join(", ")}`,
    );
  }
}
