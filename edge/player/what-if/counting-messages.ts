import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";

/** What the counting thread is asked. */
export interface CountingRequest {
  table: FoldedTable;
}

/** What it answers: progress, then one end. */
export type CountingReply =
  | { kind: "progress"; fraction: number }
  | { kind: "done"; statistics: MaskStatistics }
  | { kind: "failed"; reason: string };
