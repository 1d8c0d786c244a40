import { addInaudible } from "../explanation/add-inaudible.ts";
import { maskOfNumber } from "../explanation/mask-number.ts";
import type { Extreme, MaskStatistics } from "../explanation/mask-statistics.ts";
import type { Enumeration, PartStatistics } from "./enumeration.ts";

/**
 * Puts the statistics of all parts together, in their order.
 *
 * @param components of the table, audible or not
 * @param parts every one, in order
 */
export function combineParts(
  components: number,
  { audible, origin }: Pick<Enumeration, "audible" | "origin">,
  parts: readonly PartStatistics[],
): MaskStatistics {
  const bits = audible.length;
  const sizes = bits + 1;
  const sums = new Float64Array(sizes * (bits + 2));
  for (const part of parts) for (let i = 0; i < sums.length; i++) sums[i]! += part[i]!;
  const extremes = (sign: 1 | -1): Extreme[] => {
    const logits = sizes * (bits + (sign === 1 ? 3 : 2));
    const masks = logits + 2 * sizes;
    return Array.from({ length: sizes }, (_, size) => {
      let best = parts[0]!;
      for (const part of parts) {
        // A part without masks of that size has a number there that no logit reaches.
        const ahead = sign * (part[logits + size]! - best[logits + size]!);
        const isSmaller = part[masks + size]! < best[masks + size]!;
        if (ahead > 0 || (ahead === 0 && isSmaller)) best = part;
      }
      return { logit: best[logits + size]!, mask: maskOfNumber(best[masks + size]!, bits) };
    });
  };
  const statistics = {
    components: bits,
    origin,
    riseSum: sums.slice(0, sizes),
    riseSquareSum: sums.slice(sizes, 2 * sizes),
    riseSumOn: sums.slice(2 * sizes),
    lowest: extremes(-1),
    highest: extremes(1),
  };
  return addInaudible(statistics, audible, components);
}
