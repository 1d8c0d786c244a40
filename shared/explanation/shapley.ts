import { binomials, type MaskStatistics } from "./mask-statistics.ts";

/**
 * Shapley value of each component for the relevance: by how much keeping it raises the relevance,
 * on average over all orders in which components could be added to silence (Shapley, "A value for
 * n-person games", 1953; for models, Lundberg & Lee, NeurIPS 2017). Exact, over all masks.
 *
 * A mask's share depends on its size alone, so sums by size are enough:
 * sum over k of S_i(k) / (k C(n, k)) - T_i(k) / ((n - k) C(n, k)), S_i summing over the masks of
 * size k with component i and T_i over those without it.
 *
 * @returns [components]; they add up to relevance of the whole track - relevance of silence
 */
export function shapleyValues(statistics: MaskStatistics): Float64Array {
  const { components: n, riseSum, riseSumOn } = statistics;
  const masks = binomials(n);
  const values = new Float64Array(n);
  for (let k = 0; k <= n; k++) {
    for (let i = 0; i < n; i++) {
      const on = riseSumOn[k * n + i]!;
      if (k > 0) values[i]! += on / (k * masks[k]!);
      if (k < n) values[i]! -= (riseSum[k]! - on) / ((n - k) * masks[k]!);
    }
  }
  return values;
}
