/** Mean of the values; null where there is none. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Sample standard deviation, the square root of sum (x - mean)^2 / (n - 1) (Bessel's correction),
 * in two passes: the values' own size does not blur their differences.
 *
 * @returns null where there are fewer than two values
 */
export function sampleDeviation(values: readonly number[]): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Quantile by linear interpolation between order statistics: NumPy's default, type 7 of Hyndman and
 * Fan, "Sample quantiles in statistical packages" (The American Statistician 50(4), 1996).
 *
 * @param sorted ascending, at least one
 * @param fraction 0 to 1
 * @throws RangeError where there is no value or the fraction is outside of its range
 */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) throw new RangeError("a quantile needs at least one value");
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new RangeError(`a quantile's fraction must be from 0 to 1, not ${fraction}`);
  }
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const weight = position - below;
  // From the nearer end, as NumPy does: rounding cannot lead past the other.
  return weight < 0.5 ? low + weight * (high - low) : high - (1 - weight) * (high - low);
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, equal values sharing their mean
 * rank. Equals SciPy's `spearmanr`. Source: Spearman, "The proof and measurement of association
 * between two things" (American Journal of Psychology 15, 1904).
 *
 * @returns -1 to 1; null where either side is constant
 * @throws RangeError where the lengths differ
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) {
    throw new RangeError(`${a.length} values do not pair with ${b.length}`);
  }
  const [x, y] = [ranksOf(a), ranksOf(b)];
  // The mean rank, ties or not.
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

/** Rank of each value from 0, equal ones at their mean. */
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
