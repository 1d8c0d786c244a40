/** How a convolution or pooling slides along one axis; always in floor mode. */
export interface SlidingWindow {
  kernel: number;
  stride: number;
  dilation: number;
  /** Positions added before the first and after the last one. */
  padBegin: number;
  padEnd: number;
}

/** Half-open range of columns. */
export interface Columns {
  start: number;
  end: number;
}

/** Columns that a window reads, and how far it reaches past the true ends. */
export interface WindowInput {
  columns: Columns;
  padBegin: number;
  padEnd: number;
}

/** Positions from the first to the last tap of one window. */
export function reachOf({ kernel, dilation }: SlidingWindow): number {
  return dilation * (kernel - 1) + 1;
}

/** Output positions for `length` input positions; 0 where not one window fits. */
export function windowCount(window: SlidingWindow, length: number): number {
  const room = length + window.padBegin + window.padEnd - reachOf(window);
  return room < 0 ? 0 : Math.floor(room / window.stride) + 1;
}

/**
 * Input columns that a non-empty range of outputs depends on. Padding is left only where a window
 * reaches past the true ends of the input, exactly as far as it does.
 *
 * @param length columns of the whole input
 */
export function inputOf(window: SlidingWindow, output: Columns, length: number): WindowInput {
  return inputWithin(window, output, { start: 0, end: length });
}

/** The same where only some columns of the input are there; padding stands for the others. */
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

/** Columns in both ranges; `end <= start` where there are none. */
export function intersection(a: Columns, b: Columns): Columns {
  return { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) };
}
