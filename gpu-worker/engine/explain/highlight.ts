import type { Component, Highlight } from "@lemons/shared/contract/explanation";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import {
  type HighlightPart,
  highlightPlan,
  type TopComponents,
} from "@lemons/shared/explanation/highlights";
import { type Audio, cut, sampleCount } from "../audio/audio.ts";
import { encodeMp3 } from "../audio/encode-mp3.ts";
import type { EncodedAudio } from "../audio/encoded-audio.ts";
import { InputError } from "../input-error.ts";
import type { SeparatedSources } from "../separate/separator.ts";

/** High enough to add no audible artefacts to those of separated sources. */
const HIGHLIGHT_KBIT_PER_SECOND = 192;

/** The snippet at the track's own rate, and the explanation that highlights are rendered from. */
export interface HighlightInput {
  mix: Audio;
  separated: SeparatedSources;
  /** Start of the snippet in the track. */
  startSeconds: number;
  components: readonly Component[];
  /** Restricts highlights to components of this source. */
  querySource?: SourceName | undefined;
}

export interface RenderedHighlight {
  highlight: Highlight;
  /** Null if no component has a positive weight. */
  encoded: EncodedAudio | null;
}

/**
 * Renders and encodes the strongest component alone, and the strongest three together.
 *
 * @throws InputError if a component's source is unknown, or the component lies outside of the snippet
 */
export async function renderHighlights(input: HighlightInput): Promise<RenderedHighlight[]> {
  const rendered: RenderedHighlight[] = [];
  for (const { highlight, top } of highlightPlan(input)) {
    rendered.push(top ? await encodeTop(highlight, top, input) : { highlight, encoded: null });
  }
  return rendered;
}

async function encodeTop(
  highlight: Highlight,
  top: TopComponents,
  input: HighlightInput,
): Promise<RenderedHighlight> {
  const encoded = await encodeMp3(renderTop(top, input), {
    kbitPerSecond: HIGHLIGHT_KBIT_PER_SECOND,
  });
  const { sampleRate, channels, samples, encoderDelaySamples } = encoded;
  return {
    highlight: { ...highlight, audio: { sampleRate, channels, samples, encoderDelaySamples } },
    encoded,
  };
}

/**
 * Renders components at the track's own rate, trimmed to the time that they cover, with every span
 * faded in and out. Turns the result down only if it would clip.
 */
export function renderTop(top: TopComponents, input: HighlightInput): Audio {
  const { mix, separated, startSeconds } = input;
  const length = sampleCount(mix);
  const at = (seconds: number) =>
    Math.min(length, Math.max(0, Math.round((seconds - startSeconds) * mix.sampleRate)));
  const start = at(top.startSeconds);
  const end = at(top.endSeconds);
  if (end <= start) {
    throw new InputError(
      `a component at ${top.startSeconds} to ${top.endSeconds} s lies outside of the snippet`,
    );
  }
  const sum = mix.channels.map(() => new Float32Array(length));
  for (const part of top.parts) {
    const sound = part.source === null ? mix : stemOf(part.source, separated);
    const spans = spansOf(part, input, at, { start, end });
    sum.forEach((channel, index) => {
      applyGates({
        from: sound.channels[index]!,
        into: channel,
        spans,
        sampleRate: mix.sampleRate,
      });
    });
  }
  return withoutClipping(cut({ sampleRate: mix.sampleRate, channels: sum }, start, end - start));
}

function stemOf(source: SourceName, { sources, stems }: SeparatedSources): Audio {
  const stem = stems[sources.indexOf(source)];
  if (stem) return stem;
  throw new InputError(`there is no source "${source}"; the sources are ${sources.join(", ")}`);
}

/** Returns the spans in which a part sounds. Adjacent segments form one span, without a fade between. */
function spansOf(
  { segments }: HighlightPart,
  input: HighlightInput,
  at: (seconds: number) => number,
  whole: GateSpan,
): GateSpan[] {
  if (segments === null) return [whole];
  const spans: GateSpan[] = [];
  for (const segment of segments) {
    const { startSeconds, endSeconds } = input.components.find((c) => c.segment === segment)!;
    const start = at(startSeconds);
    const end = at(endSeconds);
    const last = spans.at(-1);
    if (last?.end === start) last.end = end;
    else spans.push({ start, end });
  }
  return spans;
}

function withoutClipping(audio: Audio): Audio {
  let peak = 0;
  for (const channel of audio.channels) {
    for (const sample of channel) peak = Math.max(peak, Math.abs(sample));
  }
  if (peak <= 1) return audio;
  return { ...audio, channels: audio.channels.map((c) => c.map((sample) => sample / peak)) };
}

/** Length of the fade at each edge of a gate. */
export const FADE_SECONDS = 0.01;

/** A span of samples [start, end) in which a gate is open. */
export interface GateSpan {
  start: number;
  end: number;
}

export interface GatedSum {
  from: Float32Array;
  /** Receives the sum. */
  into: Float32Array;
  spans: readonly GateSpan[];
  /** Hz. */
  sampleRate: number;
}

/**
 * Adds the open spans of a signal to another, with raised-cosine fades inside each span's edges. These
 * fades are for listeners only; the model hears rectangular gates. A span shorter than two fades has
 * shorter ones.
 */
export function applyGates({ from, into, spans, sampleRate }: GatedSum): void {
  for (const { start, end } of spans) {
    const fade = Math.min(Math.round(FADE_SECONDS * sampleRate), Math.floor((end - start) / 2));
    for (let i = start; i < end; i++) {
      const fromEdge = Math.min(i - start, end - 1 - i);
      into[i]! += fromEdge < fade ? from[i]! * raisedCosine((fromEdge + 0.5) / fade) : from[i]!;
    }
  }
}

/** Rises from 0 to 1 as `x` goes from 0 to 1. */
function raisedCosine(x: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * x);
}
