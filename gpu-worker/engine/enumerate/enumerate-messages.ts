import type { PartStatistics } from "@lemons/shared/enumeration/enumeration";
import type { EnumerationModule } from "@lemons/shared/enumeration/module";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";

/** What an enumeration thread is started with. */
export interface EnumerateSetup {
  module: EnumerationModule;
}

/** A table to help with. */
export interface EnumerateOrder {
  /** Tells orders apart. */
  order: number;
  table: FoldedTable;
  /** How many parts there are. */
  parts: number;
  /** The next part that nobody works on yet; all threads take parts from it. */
  nextPart: Int32Array<SharedArrayBuffer>;
}

/** What a thread answers, once a part. */
export interface PartDone {
  order: number;
  part: number;
  statistics: PartStatistics;
}
