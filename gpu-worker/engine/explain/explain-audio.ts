import type { Explanation, Separation } from "@lemons/shared/contract/explanation";
import {
  DEFAULT_SAMPLES,
  type SampledNeighbourhood,
  type SourceName,
} from "@lemons/shared/contract/explanation-request";
import type { Progress } from "@lemons/shared/contract/job";
import type { SeparatorName } from "@lemons/shared/contract/separator";
import { assembleExplanation } from "@lemons/shared/explanation/assemble-explanation";
import {
  componentCount,
  type SegmentTime,
  segmentBounds,
} from "@lemons/shared/explanation/components";
import type { ExhaustiveQuestion } from "@lemons/shared/explanation/explain-from-table";
import { highlightPlan } from "@lemons/shared/explanation/highlights";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { Audio } from "../audio/audio.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import { InputError } from "../input-error.ts";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import type { SeparatedSources } from "../separate/separator.ts";
import { answerByEveryMask, isEveryMaskAffordable } from "./answer-by-every-mask.ts";
import { answerBySamples } from "./answer-by-samples.ts";
import { type AnswerFromTable, answerFromTable } from "./answer-from-table.ts";
import type { ExactEngine } from "./exact-engine.ts";
import { type HeardSound, heardSound } from "./heard-sound.ts";
import { type RenderedHighlight, renderHighlights } from "./highlight.ts";
import type { ResolvedQuestion } from "./resolved-question.ts";
import type { SeparatedCache } from "./separated-cache.ts";
import { type SnippetSources, snippetSources } from "./snippet-sources.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";
import type { StoredTrackTable } from "./track-table.ts";

export type { ResolvedQuestion } from "./resolved-question.ts";

const ASKED_FOR_SAMPLES = "sampled masks were asked for";

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
  /**
   * Supplied masks as parsed JSON. For a sampled neighbourhood the fit is on exactly these; an
   * exhaustive one only tells their relevance besides.
   */
  masks?: unknown;
  /** Only components of this source become highlights. */
  querySource?: SourceName | undefined;
  /** Whether the highlights are rendered; by default they are. */
  render?: boolean | undefined;
  /** A table of this track and encoder that answers the question, if there is one. */
  storedTable?: StoredTrackTable | null | undefined;
  scorer: Scorer;
  exact: ExactEngine;
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
  /** Those rendered and with a sound; of the others `audio` is null in the explanation. */
  highlights: { name: "top-1" | "top-3"; encoded: EncodedAudio }[];
  /** What the explanation was read from, if it was. */
  table: FoldedTable | null;
}

/**
 * Explains a recommendation by listenable parts of the track (audioLIME, Haunschmid et al. 2020):
 * centre snippet, sources, components, the model's relevance of masked mixes, a local linear fit,
 * and its strongest components as audio.
 *
 * An exhaustive neighbourhood is read from the response table. Where there can be none, the model is
 * asked about every mask if they are few; else as many as are usual for the type are drawn. `engine`
 * says why.
 *
 * The model hears the sum of kept sources, mono at its own rate; for `time` it hears stretches of
 * the mix itself, which needs no separation.
 *
 * @throws InputError where audio, stems, masks, model or question do not fit together; the signal's
 *   reason where it is aborted
 */
export async function explainAudio(input: ExplainAudioInput): Promise<ExplainedAudio> {
  const { model, question, onProgress, signal } = input;
  const { type } = question;
  const stopwatch = createStopwatch();

  signal?.throwIfAborted();
  onProgress?.({ phase: "separating", done: 0, total: 1 });
  const sound = await stopwatch.timeAsync("separating", () =>
    snippetSources({ ...input, needsSources: type !== "time" }),
  );
  onProgress?.({ phase: "separating", done: 1, total: 1 });
  checkQuerySource(input, sound.separated);
  const { frontEnd } = model.manifest;
  const heard = heardSound(sound, frontEnd, input.scorer.runtime);
  const timesOf = segmentTimes(sound, heard, frontEnd.sampleRate);
  const segments = timesOf(type === "source" ? 1 : question.segments);

  const answered = await answer({ ...input, sound, heard, segments, timesOf, stopwatch });
  onProgress?.({ phase: "fitting", done: 0, total: 1 });
  const { fitted, engine } = answered;
  const { querySource, render = true } = input;
  const planned = { ...sound, components: fitted.components, querySource };
  const rendered: RenderedHighlight[] = render
    ? await stopwatch.timeAsync("rendering", () => renderHighlights(planned))
    : highlightPlan(planned).map(({ highlight }) => ({ highlight, encoded: null }));
  onProgress?.({ phase: "fitting", done: 1, total: 1 });

  const explanation = assembleExplanation(
    {
      model: model.manifest,
      audio: audioFactsOf(sound, input.audioSha256),
      separation: separationOf(sound.separated),
      segments,
      engine,
      highlights: rendered.map(({ highlight }) => highlight),
      timings: stopwatch.seconds(),
    },
    fitted,
  );
  const highlights = rendered.flatMap(({ highlight: { name }, encoded }) =>
    encoded ? [{ name, encoded }] : [],
  );
  const { separated } = sound;
  return { explanation, separated, highlights, table: answered.folded };
}

interface AnswerInput extends ExplainAudioInput {
  sound: SnippetSources;
  heard: HeardSound;
  /** As the explanation names them. */
  segments: readonly SegmentTime[];
  timesOf: (segments: number) => SegmentTime[];
  stopwatch: Stopwatch;
}

type Answer = Pick<AnswerFromTable, "fitted" | "engine"> & { folded: FoldedTable | null };

async function answer(input: AnswerInput): Promise<Answer> {
  const { question, masks } = input;
  const { neighbourhood } = question;
  if (neighbourhood.kind === "sampled") {
    return bySamples(input, { neighbourhood, reason: ASKED_FOR_SAMPLES, masks });
  }
  const exhaustive: ExhaustiveQuestion = { ...question, neighbourhood };
  const answered = await fromTable(input, exhaustive);
  if ("fitted" in answered) return answered;
  const { reason } = answered;
  const { sources } = input.sound.separated;
  const grid = { type: question.type, segments: input.segments.length, sources: sources.length };
  if (isEveryMaskAffordable(componentCount(grid))) {
    const asked = { ...input, question: exhaustive, reason, furtherMasks: masks };
    const { separated } = input.sound;
    return { ...(await answerByEveryMask({ ...asked, separated })), folded: null };
  }
  const samples = DEFAULT_SAMPLES[question.type];
  const usual: SampledNeighbourhood = { kind: "sampled", samples, seed: 0 };
  return bySamples(input, { neighbourhood: usual, reason, furtherMasks: masks });
}

async function bySamples(
  input: AnswerInput,
  how: {
    neighbourhood: SampledNeighbourhood;
    reason: string;
    masks?: unknown;
    furtherMasks?: unknown;
  },
): Promise<Answer> {
  const { neighbourhood, reason, masks, furtherMasks } = how;
  const question = { ...input.question, neighbourhood };
  const { separated } = input.sound;
  const asked = { ...input, question, reason, masks, furtherMasks, separated };
  return { ...(await answerBySamples(asked)), folded: null };
}

/** @returns why not, where no table can be had */
async function fromTable(
  input: AnswerInput,
  question: ExhaustiveQuestion,
): Promise<Answer | { reason: string }> {
  const { model, exact, stopwatch, timesOf, onProgress } = input;
  const { type, segments } = question;
  const { head } = model;
  onProgress?.({ phase: "scoring", done: 0, total: 100 });
  const trackTable = await stopwatch.timeAsync("table", () =>
    exact.tableOf({
      ...input,
      type,
      segments,
      toEnumerate: type === "time+source",
      onProgress: (fraction) =>
        onProgress?.({ phase: "scoring", done: Math.floor(100 * fraction), total: 100 }),
    }),
  );
  if (!trackTable.applies) return trackTable;
  // A table has a linear head: the analysis refuses models without one.
  const asked = { ...input, question, trackTable, head: head!, masks: input.masks };
  return answerFromTable({ ...asked, segments: timesOf(trackTable.table.segments) });
}

/** When each of so many segments starts and ends in the track. */
function segmentTimes(
  { startSeconds }: SnippetSources,
  { samples }: HeardSound,
  sampleRate: number,
) {
  return (segments: number): SegmentTime[] =>
    segmentBounds(samples, segments).map(([start, end]) => ({
      startSeconds: startSeconds + start / sampleRate,
      endSeconds: startSeconds + end / sampleRate,
    }));
}

/** What an explanation says about the track's sound. */
export function audioFactsOf(sound: SnippetSources, sha256: string): Explanation["audio"] {
  const { mix, trackSeconds, startSeconds, seconds } = sound;
  return {
    sha256,
    sampleRate: mix.sampleRate,
    channels: mix.channels.length,
    seconds: trackSeconds,
    snippet: { startSeconds, seconds },
  };
}

/** What an explanation says about the track's sources. */
export function separationOf({
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
