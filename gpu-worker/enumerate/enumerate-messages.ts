import type { PartStatistics } from "@lemons/shared/enumeration/enumeration";
import type { EnumerationModule } from "@lemons/shared/enumeration/module";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";

/** What an enumeration thread is started with. */
export interface EnumerateSetup {
  module: EnumerationModule;
  table: FoldedTable;
  /** Int32 of the next part that nobody works on yet; all threads take parts from it. */
  nextPart: Int32Array<SharedArrayBuffer>;
}

/** What it answers, once a part. */
export interface PartDone {
  part: number;
  statistics: PartStatistics;
}
