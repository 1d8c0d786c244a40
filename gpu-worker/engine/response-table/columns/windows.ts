import type { FrontEnd } from "@lemons/shared/contract/front-end";

/** How a convolution or pooling slides along one axis, always in floor mode. */
export interface SlidingWindow {
  kernel: number;
  stride: number;
  dilation: number;
  /** Zero positions added before the first and after the last one. */
  padBegin: number;
  padEnd: number;
}

/** Half-open range of columns. */
export interface Columns {
  start: number;
  end: number;
}

/** Columns that a window reads, and how far it extends past the true ends. */
export interface WindowInput {
  columns: Columns;
  padBegin: number;
  padEnd: number;
}

/** Returns the number of positions from the first to the last tap of one window. */
export function reachOf({ kernel, dilation }: SlidingWindow): number {
  return dilation * (kernel - 1) + 1;
}

/** Returns the number of output positions for `length` input positions; 0 if no window fits. */
export function windowCount(window: SlidingWindow, length: number): number {
  const room = length + window.padBegin + window.padEnd - reachOf(window);
  return room < 0 ? 0 : Math.floor(room / window.stride) + 1;
}

/**
 * Returns the input columns that a non-empty range of outputs depends on. Padding remains only for the
 * part of a window that extends past the true ends of the input.
 *
 * @param length columns of the whole input
 */
export function inputOf(window: SlidingWindow, output: Columns, length: number): WindowInput {
  return inputWithin(window, output, { start: 0, end: length });
}

/** Like {@link inputOf}, with only some columns of the input available; padding replaces the others. */
export function inputWithin(
  window: SlidingWindow,
  output: Columns,
  { start, end: limit }: Columns,
): WindowInput {
  const first = output.start * window.stride - window.padBegin;
  const end = (output.end - 1) * window.stride - window.padBegin + reachOf(window);
  return {
    columns: { start: Math.max(start, first), end: Math.min(limit, end) },
    padBegin: Math.max(0, start - first),
    padEnd: Math.max(0, end - limit),
  };
}

export function columnCount({ start, end }: Columns): number {
  return Math.max(0, end - start);
}

/** Returns the columns in both ranges; `end <= start` if there are none. */
export function intersection(a: Columns, b: Columns): Columns {
  return { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) };
}

/** Column j of a tensor sees frames j x stride - halo to j x stride - halo + frames - 1. */
export interface ReceptiveField {
  /** Frames from one column to the next. */
  stride: number;
  /** Frames seen before frame j x stride. */
  halo: number;
  frames: number;
}

/** Receptive field of a frame of the spectrogram. */
export const ONE_FRAME: ReceptiveField = { stride: 1, halo: 0, frames: 1 };

/** Returns the receptive field after one more window (Araujo et al., Distill 2019, equations 1 and 2). */
export function afterWindow(field: ReceptiveField, window: SlidingWindow): ReceptiveField {
  return {
    stride: field.stride * window.stride,
    halo: field.halo + field.stride * window.padBegin,
    frames: field.frames + field.stride * (reachOf(window) - 1),
  };
}

/** Returns the seconds of waveform that a number of frames see. */
export function secondsOf(frames: number, { hop, nFft, sampleRate }: FrontEnd): number {
  return ((frames - 1) * hop + nFft) / sampleRate;
}
