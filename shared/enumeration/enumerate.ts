import { maskOfNumber } from "../explanation/mask.ts";
import { addInaudible, type Extreme, type MaskStatistics } from "../explanation/mask-statistics.ts";
import type { FoldedTable } from "../what-if/response-table.ts";
import { createEnumeration, type Enumeration, type PartStatistics } from "./enumeration.ts";
import type { EnumerationModule } from "./module.ts";

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

/** Told after each part: parts done, of how many. */
export type OnPart = (done: number, parts: number) => void;

/**
 * The exact statistics of all masks of a table's components (2^25 for 25 of them), on this thread.
 *
 * The bits of the result depend on the table alone: not on the host, nor on how many threads share
 * the parts (`createEnumeration` on each, then {@link combineParts}).
 *
 * @param module of enumerate.wasm, compiled by the host
 * @throws RangeError where the table does not hang together or its numbers are not finite
 * @throws NotEnumerable where it hears more than 25 components
 */
export function enumerate(
  module: EnumerationModule,
  table: FoldedTable,
  options: { onPart?: OnPart } = {},
): MaskStatistics {
  const enumeration = createEnumeration(module, table);
  const results: PartStatistics[] = [];
  for (let part = 0; part < enumeration.parts; part++) {
    results.push(enumeration.run(part));
    options.onPart?.(part + 1, enumeration.parts);
  }
  return combineParts(table.segments * table.sources, enumeration, results);
}
