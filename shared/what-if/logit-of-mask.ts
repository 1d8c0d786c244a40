import type { Mask } from "../explanation/mask.ts";
import type { FoldedTable, TableGroup } from "./response-table.ts";

/**
 * The logit of one mask, read from a table: a row of each group, some additions and a maximum.
 *
 * @param gates [segments x sources], 1 where source r sounds in segment s, at s x sources + r
 * @throws RangeError where there is not one gate a component of the table
 */
export function logitOfMask(table: FoldedTable, gates: Mask): number {
  const { segments, sources, groups, channels, positive, scalars, maxima } = table;
  if (gates.length !== segments * sources) {
    throw new RangeError(`${gates.length} gates for a table of ${segments} x ${sources}`);
  }
  const rows = groups.map((group) => rowOf(group, gates));
  let logit = table.bias;
  for (const row of rows) logit += scalars[row]!;
  for (let channel = 0; channel < channels; channel++) {
    let highest = -Infinity;
    for (const row of rows) highest = Math.max(highest, maxima[row * channels + channel]!);
    logit += channel < positive ? highest : -highest;
  }
  return logit;
}

/** Row of a group for a mask. */
export function rowOf({ components, firstRow }: TableGroup, gates: Mask): number {
  let row = firstRow;
  for (let bit = 0; bit < components.length; bit++) row += gates[components[bit]!]! * 2 ** bit;
  return row;
}
