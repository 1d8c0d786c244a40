import type { MaskStatistics } from "../explanation/mask-statistics.ts";
import type { FoldedTable } from "../what-if/response-table.ts";
import { combineParts } from "./combine-parts.ts";
import { createEnumeration, type PartStatistics } from "./enumeration.ts";
import type { EnumerationModule } from "./module.ts";

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
