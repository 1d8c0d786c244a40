import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { componentCount, type GateGrid, gatesOf } from "@lemons/shared/explanation/components";
import { allMasks, MAX_ENUMERATED_COMPONENTS } from "@lemons/shared/explanation/mask";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import { tallyMasks } from "@lemons/shared/explanation/tally-masks";
import { logitOfMask } from "@lemons/shared/what-if/logit-of-mask";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";

/** Counts every mask of a table elsewhere, so that the page stays responsive. */
export type MaskCounter = (
  table: FoldedTable,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
) => Promise<MaskStatistics>;

/**
 * The statistics of all masks of a view. The few of `time` and `source` are read off the table here.
 *
 * @throws what `countElsewhere` throws
 */
export async function countMasks(
  table: FoldedTable,
  type: ExplanationType,
  countElsewhere: MaskCounter,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<MaskStatistics> {
  const grid: GateGrid = { type, segments: table.segments, sources: table.sources };
  const components = componentCount(grid);
  if (components > MAX_ENUMERATED_COMPONENTS) return countElsewhere(table, onProgress, signal);
  const masks = allMasks(components);
  return tallyMasks(
    masks,
    masks.map((mask) => logitOfMask(table, gatesOf(mask, grid))),
  );
}
