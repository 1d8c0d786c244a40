/**
 * Binomial coefficients C(n, 0) to C(n, n): how many masks of n components keep so many.
 *
 * @param n 0 to 50, so that all are exact in float64
 */
export function binomials(n: number): Float64Array {
  const row = new Float64Array(n + 1);
  row[0] = 1;
  for (let k = 1; k <= n; k++) row[k] = (row[k - 1]! * (n - k + 1)) / k;
  return row;
}
