import { maskOfNumber } from "../explanation/mask.ts";
import { addInaudible, type Extreme, type MaskStatistics } from "../explanation/mask-statistics.ts";
import type { FoldedTable } from "../what-if/response-table.ts";
import { createEnumeration, type Enumeration, type PartStatistics } from "./enumeration.ts";
import type { EnumerationModule } from "./module.ts";

/**
 * Combines the statistics of all parts, in their order.
 *
 * @param components number of the table's components, audible or not
 * @param parts all parts, in order
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
        // A part without masks of that size has a bound that no logit reaches.
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
    inaudible: [],
    lowest: extremes(-1),
    highest: extremes(1),
  };
  return addInaudible(statistics, audible, components);
}

/** Called after each part with the number of parts done and of all parts. */
export type OnPart = (done: number, parts: number) => void;

/**
 * Computes the exact statistics of all masks of a table (2^25 for 25 components), on this thread.
 *
 * The bits of the result depend only on the table, not on the host or on the number of threads that
 * share the parts (`createEnumeration` on each, then {@link combineParts}).
 *
 * @param module enumerate.wasm, compiled by the host
 * @throws RangeError if the table is inconsistent or its numbers are not finite
 * @throws NotEnumerable for more than 25 audible components
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
