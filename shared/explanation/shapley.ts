import { binomials, type MaskStatistics } from "./mask-statistics.ts";

/**
 * Computes the exact Shapley value of each component: the rise in relevance when it is added, averaged
 * over all orders of adding components to silence (Shapley, "A value for n-person games", 1953; for
 * models, Lundberg & Lee, NeurIPS 2017).
 *
 * A mask's factor depends only on its size k, which makes sums by size sufficient:
 * sum over k of S_i(k) / (k C(n, k)) - T_i(k) / ((n - k) C(n, k)). S_i(k) sums over the masks of size
 * k with component i, T_i(k) over those without it.
 *
 * @returns [components], exactly 0 for those that change no answer; their sum is the relevance of the
 *   whole track minus that of silence
 */
export function shapleyValues(statistics: MaskStatistics): Float64Array {
  const { components: n, riseSum, riseSumOn, inaudible } = statistics;
  const masks = binomials(n);
  const values = new Float64Array(n);
  for (let k = 0; k <= n; k++) {
    for (let i = 0; i < n; i++) {
      const on = riseSumOn[k * n + i]!;
      if (k > 0) values[i]! += on / (k * masks[k]!);
      if (k < n) values[i]! -= (riseSum[k]! - on) / ((n - k) * masks[k]!);
    }
  }
  // Their two sums are equal but for rounding.
  for (const i of inaudible) values[i] = 0;
  return values;
}
