/** A line of a matrix and the window that slides along it. */
export interface MatrixLine {
  /** Index of the first element. */
  start: number;
  /** Distance between elements. */
  stride: number;
  length: number;
  /** Elements in the window, odd. */
  width: number;
  /** Index among the window's sorted values: 0 the smallest, (width - 1) / 2 the median. */
  rank: number;
}

/**
 * Computes an order statistic over a sliding window along one line of `input` into the same line of
 * `output`. The ends are mirrored (d c b a | a b c d | d c b a).
 *
 * The window stays sorted: a step is one binary search and one move of at most `width` numbers, which
 * is faster than heaps at the widths of harmonic/percussive separation (10 to 50).
 *
 * @param sorted scratch of `line.width` numbers
 */
export function runningRank(
  input: Float32Array,
  output: Float32Array,
  line: MatrixLine,
  sorted: Float32Array,
): void {
  const { start, stride, length, width, rank } = line;
  const half = (width - 1) >> 1;
  for (let offset = 0; offset < width; offset++) {
    sorted[offset] = input[start + mirror(offset - half, length) * stride]!;
  }
  sorted.sort();
  for (let index = 0; ; index++) {
    output[start + index * stride] = sorted[rank]!;
    if (index === length - 1) return;
    const leaving = input[start + mirror(index - half, length) * stride]!;
    const entering = input[start + mirror(index + half + 1, length) * stride]!;
    replace(sorted, leaving, entering);
  }
}

/** Replaces a value of a sorted window, moving only the values in between. */
function replace(sorted: Float32Array, leaving: number, entering: number): void {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < leaving) low = middle + 1;
    else high = middle;
  }
  let hole = low;
  if (entering > leaving) {
    const last = sorted.length - 1;
    while (hole < last && sorted[hole + 1]! < entering) {
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

function mirror(index: number, length: number): number {
  if (index >= 0 && index < length) return index;
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}
