import { componentCount, type GateGrid, gatesOf } from "@lemons/shared/explanation/components";
import { allMasks, MAX_ENUMERATED_COMPONENTS } from "@lemons/shared/explanation/mask";
import { type MaskStatistics, tallyMasks } from "@lemons/shared/explanation/mask-statistics";
import { type FoldedTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { gatesOfTable } from "./gates-of-table.ts";

/** Counts every mask of a table elsewhere, so that the page stays responsive. */
export type MaskCounter = (
  table: FoldedTable,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
) => Promise<MaskStatistics>;

/**
 * The statistics of all masks of a grid. The few of `time` and `source` are read off the table here.
 *
 * @throws RangeError where the table does not answer for the grid; what `countElsewhere` throws
 */
export async function countMasks(
  table: FoldedTable,
  grid: GateGrid,
  countElsewhere: MaskCounter,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<MaskStatistics> {
  const components = componentCount(grid);
  if (components > MAX_ENUMERATED_COMPONENTS) return countElsewhere(table, onProgress, signal);
  const masks = allMasks(components);
  return tallyMasks(
    masks,
    masks.map((mask) => logitOfMask(table, gatesOfTable(gatesOf(mask, grid), grid, table))),
  );
}
