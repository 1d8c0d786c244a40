/**
 * Median over a sliding window along one line of a matrix, written to the same places of `output`.
 * The line continues past its ends by reflection (d c b a | a b c d | d c b a).
 *
 * The window is kept sorted: a step costs two binary searches and one move of at most `width`
 * numbers, which beats heaps and histograms for the widths of harmonic/percussive separation.
 *
 * @param window scratch of at least `line.width` numbers
 */
export interface Line {
  /** Index of the first element. */
  start: number;
  /** Distance between elements. */
  stride: number;
  length: number;
  /** Of the window, odd. */
  width: number;
}

export function runningMedian(
  input: Float32Array,
  output: Float32Array,
  line: Line,
  window: Float32Array,
): void {
  const { start, stride, length, width } = line;
  const half = (width - 1) >> 1;
  for (let offset = 0; offset < width; offset++) {
    window[offset] = input[start + reflect(offset - half, length) * stride]!;
  }
  const sorted = window.subarray(0, width);
  sorted.sort();
  for (let index = 0; ; index++) {
    output[start + index * stride] = sorted[half]!;
    if (index === length - 1) return;
    const leaving = input[start + reflect(index - half, length) * stride]!;
    const entering = input[start + reflect(index + half + 1, length) * stride]!;
    replace(sorted, width, leaving, entering);
  }
}

/** Takes one value out of a sorted window and puts another in, moving only what lies between. */
function replace(sorted: Float32Array, width: number, leaving: number, entering: number): void {
  let low = 0;
  let high = width - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < leaving) low = middle + 1;
    else high = middle;
  }
  let hole = low;
  if (entering > leaving) {
    while (hole < width - 1 && sorted[hole + 1]! < entering) {
      sorted[hole] = sorted[hole + 1]!;
      hole++;
    }
  } else {
    while (hole > 0 && sorted[hole - 1]! > entering) {
      sorted[hole] = sorted[hole - 1]!;
      hole--;
    }
  }
  sorted[hole] = entering;
}

function reflect(index: number, length: number): number {
  if (index >= 0 && index < length) return index;
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}
