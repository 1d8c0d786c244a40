import { type FoldedTable, rowCount } from "../what-if/response-table.ts";
import type { EnumerationExports } from "./module.ts";
import type { GroupBits } from "./split.ts";

const PAGE_BYTES = 65_536;

/** A group of the table in the module's memory; addresses in bytes. */
export interface PlacedGroup {
  bits: GroupBits;
  /** f32 [combinations] */
  scalars: number;
  /** f32 [combinations, channels] */
  maxima: number;
  /** u32 [bits], the same as `bits` */
  positions: number;
}

/**
 * Copies a table into the module's memory, from the first free byte on.
 *
 * @param groupBits positions that each group hears
 * @throws RangeError if the table doesn't have the numbers that its groups need, or one is not finite
 */
export function placeTable(
  memory: EnumerationExports["memory"],
  free: number,
  table: FoldedTable,
  groupBits: readonly GroupBits[],
): PlacedGroup[] {
  const { groups, channels, positive, scalars, maxima, bias } = table;
  const rows = rowCount(groups);
  if (rows === 0 || scalars.length !== rows || maxima.length !== rows * channels) {
    throw new RangeError(
      `a table of ${rows} rows and ${channels} channels cannot have ${scalars.length} scalars and ${maxima.length} maxima`,
    );
  }
  if (positive > channels)
    throw new RangeError(`a table of ${channels} channels cannot have ${positive} positive ones`);
  if (!Number.isFinite(bias) || !scalars.every(Number.isFinite) || !maxima.every(Number.isFinite)) {
    throw new RangeError("the table has a number that is not finite");
  }
  const positionCount = groupBits.reduce((sum, bits) => sum + bits.length, 0);
  const maximaAt = free + 4 * rows;
  const positionsAt = maximaAt + 4 * rows * channels;
  const missing = positionsAt + 4 * positionCount - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  new Float32Array(memory.buffer, free).set(scalars);
  new Float32Array(memory.buffer, maximaAt).set(maxima);
  const positions = new Uint32Array(memory.buffer, positionsAt);
  let next = 0;
  return groups.map(({ firstRow }, group) => {
    const bits = groupBits[group]!;
    positions.set(bits, next);
    const placed = {
      bits,
      scalars: free + 4 * firstRow,
      maxima: maximaAt + 4 * firstRow * channels,
      positions: positionsAt + 4 * next,
    };
    next += bits.length;
    return placed;
  });
}
