/** Returns the mean, or null without values. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Returns the sample standard deviation, the square root of sum (x - mean)^2 / (n - 1) (Bessel's
 * correction). Two passes keep the digits of small differences between large values.
 *
 * @returns null for fewer than two values
 */
export function sampleDeviation(values: readonly number[]): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Returns a quantile, interpolated linearly between order statistics: NumPy's default, type 7 of Hyndman and
 * Fan, "Sample quantiles in statistical packages" (The American Statistician 50(4), 1996).
 *
 * @param sorted ascending, at least one
 * @param fraction 0 to 1
 * @throws RangeError if there are no values or the fraction is out of range
 */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) throw new RangeError("a quantile needs at least one value");
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new RangeError(`the fraction of a quantile must be from 0 to 1, not ${fraction}`);
  }
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const weight = position - below;
  // Interpolating from the nearer end, as NumPy does, can't overshoot the other end by rounding.
  return weight < 0.5 ? low + weight * (high - low) : high - (1 - weight) * (high - low);
}

/**
 * Returns Spearman's rank correlation: Pearson's correlation of the ranks, with equal values at their
 * mean rank. Equals SciPy's `spearmanr`. Source: Spearman, "The proof and measurement of association
 * between two things" (American Journal of Psychology 15, 1904).
 *
 * @returns -1 to 1; null if either side is constant
 * @throws RangeError if the lengths differ
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) {
    throw new RangeError(`cannot pair ${a.length} values with ${b.length}`);
  }
  const [x, y] = [ranksOf(a), ranksOf(b)];
  // The mean rank is the same with and without ties.
  const centre = (a.length - 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [dx, dy] = [x[i]! - centre, y[i]! - centre];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (xx === 0 || yy === 0) return null;
  return Math.min(1, Math.max(-1, xy / Math.sqrt(xx * yy)));
}

/** Returns the rank of each value from 0, equal values at their mean rank. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const index of order.slice(start, end)) ranks[index] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
