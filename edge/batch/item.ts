import { BatchId, BatchItemKind } from "@lemons/shared/contract/batch";
import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";

/** A row of `batch_items` in progress. */
export const BatchItem = z
  .object({
    batch: BatchId,
    id: z.string(),
    kind: BatchItemKind,
    listener: ListenerId.nullable(),
    track: TrackId.nullable(),
    type: ExplanationType.nullable(),
    cursor: z.string().nullable(),
    turn: z.int().positive(),
    losses: z.int().nonnegative(),
    /** Number of its flights that failed. */
    flights: z.int().nonnegative(),
    started_at: z.iso.datetime(),
  })
  .transform(({ started_at, ...row }) => ({ ...row, startedAt: started_at }));
export type BatchItem = z.infer<typeof BatchItem>;

/** Columns of {@link BatchItem}. */
export const ITEM_COLUMNS =
  "batch, id, kind, listener, track, type, cursor, turn, losses, flights, started_at";

/** Ids of items that aren't content addresses. */
export const PLAN_SCORES = "plan-scores";
export const PLAN_EXPLANATIONS = "plan-explanations";
export const SWEEPS = ["sweep-tables", "sweep-features", "sweep-stems", "sweep-batches"] as const;

/** The final state of an item. */
export type Settled =
  | { state: "done" }
  | { state: "skipped"; reason: string }
  | { state: "failed"; reason: string };

/** The outcome of an item's turn: a final state, or another turn. */
export type TurnOutcome =
  | Settled
  | {
      state: "again";
      /** Place at which the next turn continues. */
      cursor?: string;
      delaySeconds?: number;
      /** Reason why its flight failed, if another is to be started. */
      flightFailed?: string;
    };

/** The turn that follows. */
export type NextTurn = Omit<Extract<TurnOutcome, { state: "again" }>, "state">;

/** The final state of an item whose model or track changed after it was planned. */
export const SUPERSEDED: Settled = {
  state: "skipped",
  reason: "A newer model, or another sound of the track, replaced it.",
};
