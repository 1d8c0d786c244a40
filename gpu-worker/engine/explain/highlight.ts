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
import { applyGates, type GateSpan } from "./fade-gates.ts";

/** Separated sources have artefacts of their own: the encoder should add none that can be heard. */
const HIGHLIGHT_KBIT_PER_SECOND = 192;

/** What highlights are cut from: a snippet at its own rate and its explanation. */
export interface HighlightInput {
  mix: Audio;
  separated: SeparatedSources;
  /** Where the snippet starts in the track. */
  startSeconds: number;
  components: readonly Component[];
  /** Only components of this source. */
  querySource?: SourceName | undefined;
}

export interface RenderedHighlight {
  highlight: Highlight;
  /** Null where no component speaks for the track. */
  encoded: EncodedAudio | null;
}

/**
 * Renders and encodes the strongest component alone, and the strongest three together.
 *
 * @throws InputError where a component's source is none of the separated ones, or it lies outside of
 *   the snippet
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
 * The sound of the chosen components at the track's own rate, trimmed to the time they cover, each
 * stretch faded in and out. Turned down only where it would clip.
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

/** Stretches in which a part sounds; segments that follow each other are one, without a fade. */
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
