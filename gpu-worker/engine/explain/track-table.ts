import type { Engine } from "@lemons/shared/contract/explanation";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { ResponseTable } from "@lemons/shared/what-if/response-table";

/** A response table and where it comes from. */
export interface TrackTable {
  table: ResponseTable;
  /** What its columns of gates stand for; `mix` where only time is cut. */
  sources: SourceName[];
  /** What it took to compute. */
  engine: Engine;
}

/** One that was stored, and of which encoder it is. */
export interface StoredTrackTable extends TrackTable {
  encoderVersion: string;
}
