import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { TrackDetail } from "@lemons/shared/contract/track";
import type { Span } from "../sound/gate-plan.ts";
import type { LayerSet } from "../sound/layers.ts";
import { condensePeaks, peaksOf, waveformPath } from "../sound/waveform.ts";

/** A waveform as an SVG path in a box of `bars` x 2. */
export interface Wave {
  path: string;
  bars: number;
}

/** Peaks kept per excerpt, more than any screen shows. */
const PEAKS_PER_EXCERPT = 900;
/** Bars per excerpt on wide screens. */
const MOST_BARS = 150;
const FEWEST_BARS = 40;
const PIXELS_PER_BAR = 5;

/** Returns how many bars fit, in steps of 10, which avoids a redraw at every pixel of a resize. */
export function barsIn(pixels: number): number {
  const room = Math.round(pixels / PIXELS_PER_BAR / 10) * 10;
  return Math.min(MOST_BARS, Math.max(FEWEST_BARS, room));
}

const peaksOfBuffers = new WeakMap<AudioBuffer, readonly number[]>();

function peaksOfBuffer(buffer: AudioBuffer): readonly number[] {
  const cached = peaksOfBuffers.get(buffer);
  if (cached !== undefined) return cached;
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) =>
    buffer.getChannelData(i),
  );
  const peaks = peaksOf(channels, PEAKS_PER_EXCERPT);
  peaksOfBuffers.set(buffer, peaks);
  return peaks;
}

/** Returns the peaks of the excerpt that the model scored. */
export function excerptPeaks(track: TrackDetail, explanation: PublishedExplanation): number[] {
  const { startSeconds, seconds } = explanation.audio.snippet;
  const scale = track.peaks.length / track.seconds;
  return track.peaks.slice(
    Math.floor(startSeconds * scale),
    Math.ceil((startSeconds + seconds) * scale),
  );
}

/**
 * Returns the waveform of a whole excerpt.
 *
 * @param bars maximum number of bars
 */
export function waveOf(peaks: readonly number[], bars: number): Wave {
  const condensed = condensePeaks(peaks, bars);
  return { path: waveformPath(condensed), bars: Math.max(1, condensed.length) };
}

/**
 * Creates a cached lookup of the waveform of each cell: the stem's if it is loaded, the mix's in the
 * view by time.
 */
export function createLaneWaves(
  segments: readonly Span[],
  mix: readonly number[],
): (
  view: ExplanationType,
  layers: LayerSet | null,
  bars: number,
  row: number,
  column: number,
) => Wave | null {
  const duration = segments.at(-1)?.end ?? 1;
  let drawnFrom: LayerSet | null = null;
  const drawn = new Map<string, Wave>();

  function pieceOf(peaks: readonly number[], segment: number | null, most: number): Wave {
    if (segment === null) return waveOf(peaks, most);
    const { start, end } = segments[segment]!;
    const from = Math.floor((start / duration) * peaks.length);
    const to = Math.max(from + 1, Math.floor((end / duration) * peaks.length));
    const bars = Math.max(4, Math.round((most * (end - start)) / duration));
    const piece = condensePeaks(peaks.slice(from, to), bars);
    return { path: waveformPath(piece, Math.max(...peaks, 0)), bars: Math.max(1, piece.length) };
  }

  return (view, layers, bars, row, column) => {
    if (layers !== drawnFrom) drawn.clear();
    drawnFrom = layers;
    const key = `${view} ${bars} ${row} ${column}`;
    const cached = drawn.get(key);
    if (cached !== undefined) return cached;
    const layer = view === "time" ? null : (layers?.layers[row] ?? null);
    if (view !== "time" && (layer === null || layer.source === null)) return null;
    const peaks = layer === null ? mix : peaksOfBuffer(layer.buffer);
    if (peaks.length === 0) return null;
    const wave = pieceOf(peaks, view === "source" ? null : column, bars);
    drawn.set(key, wave);
    return wave;
  };
}
