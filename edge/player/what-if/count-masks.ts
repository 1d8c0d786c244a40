import { componentCount, type GateGrid, gatesOf } from "@lemons/shared/explanation/components";
import { allMasks, MAX_ENUMERATED_COMPONENTS } from "@lemons/shared/explanation/mask";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import { tallyMasks } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { logitOfMask } from "@lemons/shared/what-if/response-table";
import type { Gates } from "./selection.ts";

/** Scores every mask of a table off the main thread. */
export type MaskCounter = (
  table: FoldedTable,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
) => Promise<MaskStatistics>;

/**
 * Scores all masks of a grid. Grids with few parts (`time`, `source`) are scored on this thread.
 *
 * @throws RangeError if the table has other segments or sources; or the error of `countElsewhere`
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

type Size = Pick<GateGrid, "segments" | "sources">;

/**
 * Spreads a selection over the gates of a table. An explanation by source may have one segment, one by
 * time may have one source; each of their gates then stands for a whole row or column of the table.
 *
 * @param size segments and sources of the selection
 * @throws RangeError if the table has other segments or sources
 */
export function gatesOfTable(
  gates: Gates,
  size: Size,
  { segments, sources }: Pick<FoldedTable, "segments" | "sources">,
): Gates {
  const fits = (own: number, whole: number) => own === whole || own === 1;
  if (!fits(size.segments, segments) || !fits(size.sources, sources)) {
    throw new RangeError(
      `A table of ${segments} x ${sources} parts can't score ${size.segments} x ${size.sources} parts`,
    );
  }
  return Uint8Array.from({ length: segments * sources }, (_, gate) => {
    const segment = size.segments === 1 ? 0 : Math.floor(gate / sources);
    const source = size.sources === 1 ? 0 : gate % sources;
    return gates[segment * size.sources + source]!;
  });
}
