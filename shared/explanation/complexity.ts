import { logarithm } from "./exponential.ts";

const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Normalised entropy of the absolute weights, -sum(p log p) / log(n) with p = |w| / sum |w|: 0
 * where one component says it all, 1 where all say the same.
 *
 * @returns 0 to 1; null for a single component or weights that are all zero, where the original
 *   has NaN
 */
export function complexity(weights: readonly number[]): number | null {
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  if (weights.length < 2 || total === 0) return null;
  let entropy = 0;
  for (const weight of weights) {
    const share = Math.abs(weight) / total;
    // Below the normal numbers a share adds nothing that float64 could hold.
    if (share >= SMALLEST_NORMAL) entropy -= share * logarithm(share);
  }
  return Math.min(1, Math.max(0, entropy / logarithm(weights.length)));
}
