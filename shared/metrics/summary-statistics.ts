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
