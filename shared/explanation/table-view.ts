import { type FoldedTable, logitOfMask } from "../what-if/response-table.ts";
import { componentCount, type GateGrid, gatesOf } from "./components.ts";
import { sigmoid } from "./exponential.ts";
import { allMasks, type Mask } from "./mask.ts";
import { type MaskStatistics, tallyMasks } from "./mask-statistics.ts";

/** Computes the statistics of all masks of a table, on as many threads as the host has. */
export type EnumerateTable = (table: FoldedTable) => MaskStatistics | Promise<MaskStatistics>;

/** A table of time x source, seen by the masks of one type. */
export interface TableView {
  /** Number of components. */
  components: number;
  /** Returns the logit of a mask [components]. */
  logitOf(mask: Mask): number;
  /** Returns the relevance of a mask [components]. */
  relevanceOf(mask: Mask): number;
  /** Computes the statistics of all masks of the type. @throws what `enumerate` throws */
  statistics(): Promise<MaskStatistics>;
}

/**
 * Returns the view of a table for a type: masks of `time` and `source` open and close whole rows or
 * columns of its gates.
 */
export function viewTable(
  table: FoldedTable,
  type: GateGrid["type"],
  enumerate: EnumerateTable,
): TableView {
  const grid: GateGrid = { type, segments: table.segments, sources: table.sources };
  const components = componentCount(grid);
  const logitOf = (mask: Mask) => logitOfMask(table, gatesOf(mask, grid));
  return {
    components,
    logitOf,
    relevanceOf: (mask) => sigmoid(logitOf(mask)),
    async statistics() {
      if (type === "time+source") return enumerate(table);
      const masks = allMasks(components);
      return tallyMasks(masks, masks.map(logitOf));
    },
  };
}
