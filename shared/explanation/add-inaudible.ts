import { binomials } from "./binomial.ts";
import type { Extreme, MaskStatistics } from "./mask-statistics.ts";

/**
 * Widens statistics to components that change nothing: each mask of the audible ones stands for
 * every way to keep or drop the others.
 *
 * @param statistics over the audible components alone
 * @param audible their indices among all, rising
 * @param components all of them
 */
export function addInaudible(
  statistics: MaskStatistics,
  audible: readonly number[],
  components: number,
): MaskStatistics {
  const others = components - audible.length;
  if (others === 0) return statistics;
  const ways = binomials(others);
  const waysWithOne = binomials(others - 1);
  const riseSum = new Float64Array(components + 1);
  const riseSquareSum = new Float64Array(components + 1);
  const riseSumOn = new Float64Array((components + 1) * components);
  const inaudible = Array.from({ length: components }, (_, i) => i).filter(
    (i) => !audible.includes(i),
  );
  for (let size = 0; size <= audible.length; size++) {
    for (let added = 0; added <= others; added++) {
      const total = size + added;
      const sum = statistics.riseSum[size]!;
      riseSum[total]! += ways[added]! * sum;
      riseSquareSum[total]! += ways[added]! * statistics.riseSquareSum[size]!;
      audible.forEach((component, i) => {
        riseSumOn[total * components + component]! +=
          ways[added]! * statistics.riseSumOn[size * audible.length + i]!;
      });
      if (added === 0) continue;
      for (const component of inaudible) {
        riseSumOn[total * components + component]! += waysWithOne[added - 1]! * sum;
      }
    }
  }
  const widen = (extremes: readonly Extreme[], sign: 1 | -1) =>
    Array.from({ length: components + 1 }, (_, total) => {
      let best: Extreme | null = null;
      for (
        let size = Math.max(0, total - others);
        size <= Math.min(total, audible.length);
        size++
      ) {
        const { logit, mask } = extremes[size]!;
        const wide = new Uint8Array(components);
        audible.forEach((component, i) => {
          wide[component] = mask[i]!;
        });
        for (const component of inaudible.slice(0, total - size)) wide[component] = 1;
        const ahead = best === null ? 1 : sign * (logit - best.logit);
        if (ahead > 0 || (ahead === 0 && isSmaller(wide, best!.mask))) best = { logit, mask: wide };
      }
      return best!;
    });
  return {
    components,
    origin: statistics.origin,
    riseSum,
    riseSquareSum,
    riseSumOn,
    lowest: widen(statistics.lowest, -1),
    highest: widen(statistics.highest, 1),
  };
}

/** Whether a mask's number is the smaller; its highest bit is the last component. */
function isSmaller(mask: Uint8Array, other: Uint8Array): boolean {
  for (let i = mask.length - 1; i >= 0; i--) {
    if (mask[i] !== other[i]) return mask[i]! < other[i]!;
  }
  return false;
}
