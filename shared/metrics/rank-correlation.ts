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
