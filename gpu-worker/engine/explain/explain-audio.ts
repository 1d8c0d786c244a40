import type { Explanation, Separation } from "@lemons/shared/contract/explanation";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import type { SeparatorName } from "@lemons/shared/contract/separator";
import { assembleExplanation } from "@lemons/shared/explanation/assemble-explanation";
import { type SegmentTime, segmentBounds } from "@lemons/shared/explanation/components";
import { highlightPlan } from "@lemons/shared/explanation/highlights";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { Audio } from "../audio/audio.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import { InputError } from "../input-error.ts";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import type { SeparatedSources } from "../separate/separator.ts";
import type { ExactEngine } from "./exact-engine.ts";
import type { ResolvedQuestion } from "./explainers/explainer.ts";
import { explainWithFirst } from "./explainers/registry.ts";
import { type RenderedHighlight, renderHighlights } from "./highlight.ts";
import type { SeparatedCache } from "./separated-cache.ts";
import {
  type HeardSound,
  heardSound,
  type SnippetSources,
  snippetSources,
} from "./snippet-sources.ts";
import { createStopwatch } from "./stopwatch.ts";
import type { StoredTrackTable } from "./table-cache.ts";

export type { ResolvedQuestion } from "./explainers/explainer.ts";

export interface ExplainAudioInput {
  /** The whole track; null if the stems are the track. */
  mix: Audio | null;
  /** The owner's stems of the whole track, for the separator `stems` or instead of a mix. */
  stems: Map<SourceName, Audio> | null;
  separator: SeparatorName;
  /** SHA-256 of the file, or of the stems' hashes if the stems are the track. */
  audioSha256: string;
  model: ModelPackage;
  question: ResolvedQuestion;
  /**
   * Supplied masks as parsed JSON. A sampled neighbourhood is fitted on exactly these. For an
   * exhaustive one only their relevance is reported.
   */
  masks?: unknown;
  /** Restricts highlights to components of this source. */
  querySource?: SourceName | undefined;
  /** Renders the highlights as audio; true by default. */
  render?: boolean | undefined;
  /** A stored table of this track and encoder that answers the question, if one exists. */
  storedTable?: StoredTrackTable | null | undefined;
  scorer: Scorer;
  exact: ExactEngine;
  separatedCache?: SeparatedCache | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once, as soon as the relevance of the whole track is known. */
  onRelevance?: ((relevance: number) => void) | undefined;
  /** Checked between steps and forward passes; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface ExplainedAudio {
  explanation: Explanation;
  /** Sources of the snippet, at the track's own rate. */
  separated: SeparatedSources;
  /** Rendered highlights. Those without components have `audio: null` in the explanation. */
  highlights: { name: "top-1" | "top-3"; encoded: EncodedAudio }[];
  /** The response table, folded through the listener's head; null if none was used. */
  table: FoldedTable | null;
}

/**
 * Explains a recommendation by listenable parts of the track (audioLIME, Haunschmid et al. 2020):
 * centre snippet, sources, components, the model's relevance of masked mixes, a local linear fit, and
 * its strongest components as audio.
 *
 * The model hears the sum of the kept sources, mono at its own rate. For `time` it hears segments of
 * the mix, which needs no separation. `explainers/registry.ts` decides how masks are scored; `engine`
 * in the explanation gives the reason.
 *
 * @throws InputError if audio, stems, masks, model or question don't fit together; the signal's reason
 *   if it is aborted
 */
export async function explainAudio(input: ExplainAudioInput): Promise<ExplainedAudio> {
  const { model, question, scorer, onProgress, signal } = input;
  const { type } = question;
  const { runtime } = scorer;
  const stopwatch = createStopwatch();

  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const sound = await stopwatch.timeAsync("separating", () =>
    snippetSources({ ...input, runtime, needsSources: type !== "time" }),
  );
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  checkQuerySource(input, sound.separated);
  const { frontEnd } = model.manifest;
  const heard = heardSound(sound, frontEnd, runtime);
  const segmentTimes = (count: number) => timesOfSegments(count, sound, heard, frontEnd.sampleRate);
  const segments = segmentTimes(type === "source" ? 1 : question.segments);

  const explained = await explainWithFirst({
    ...input,
    sound,
    heard,
    segments,
    segmentTimes,
    stopwatch,
  });
  onProgress?.({ phase: "fitting", done: 0, total: 1 });
  const { answers, engine, table } = explained;
  const { querySource, render = true } = input;
  const planned = { ...sound, components: answers.components, querySource };
  const rendered: RenderedHighlight[] = render
    ? await stopwatch.timeAsync("rendering", () => renderHighlights(planned))
    : highlightPlan(planned).map(({ highlight }) => ({ highlight, encoded: null }));
  onProgress?.({ phase: "fitting", done: 1, total: 1 });

  const explanation = assembleExplanation(
    {
      model: model.manifest,
      audio: describeAudio(sound, input.audioSha256),
      separation: describeSeparation(sound.separated),
      segments,
      engine,
      highlights: rendered.map(({ highlight }) => highlight),
      timings: stopwatch.seconds(),
    },
    answers,
  );
  const highlights = rendered.flatMap(({ highlight: { name }, encoded }) =>
    encoded ? [{ name, encoded }] : [],
  );
  return { explanation, separated: sound.separated, highlights, table };
}

/** Returns when each of a number of equal segments starts and ends in the track. */
function timesOfSegments(
  count: number,
  { startSeconds }: SnippetSources,
  { samples }: HeardSound,
  sampleRate: number,
): SegmentTime[] {
  return segmentBounds(samples, count).map(([start, end]) => ({
    startSeconds: startSeconds + start / sampleRate,
    endSeconds: startSeconds + end / sampleRate,
  }));
}

/** Returns the facts about a track's sound that explanations and tables report. */
export function describeAudio(sound: SnippetSources, sha256: string): Explanation["audio"] {
  const { mix, trackSeconds, startSeconds, seconds } = sound;
  return {
    sha256,
    sampleRate: mix.sampleRate,
    channels: mix.channels.length,
    seconds: trackSeconds,
    snippet: { startSeconds, seconds },
  };
}

/** Returns the facts about a track's sources that explanations and tables report. */
export function describeSeparation({
  separator,
  version,
  sources,
  residual,
}: SeparatedSources): Separation {
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
