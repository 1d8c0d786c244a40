import { BatchId, BatchItemKind } from "@lemons/shared/contract/batch";
import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";

/** A row of `batch_items` in work, and what of its batch that needs. */
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
    /** Flights for it that have failed. */
    flights: z.int().nonnegative(),
    started_at: z.iso.datetime(),
  })
  .transform(({ started_at, ...row }) => ({ ...row, startedAt: started_at }));
export type BatchItem = z.infer<typeof BatchItem>;

/** Columns of {@link BatchItem}. */
export const ITEM_COLUMNS =
  "batch, id, kind, listener, track, type, cursor, turn, losses, flights, started_at";

/** Items that are not named by a content address. */
export const PLAN_SCORES = "plan-scores";
export const PLAN_EXPLANATIONS = "plan-explanations";
export const SWEEPS = ["sweep-tables", "sweep-features", "sweep-stems", "sweep-batches"] as const;

/** How an item ended. */
export type Settled =
  | { state: "done" }
  | { state: "skipped"; reason: string }
  | { state: "failed"; reason: string };

/** What became of an item's turn: it ended, or it has another. */
export type Outcome =
  | Settled
  | {
      state: "again";
      /** Where to go on. */
      cursor?: string;
      delaySeconds?: number;
      /** Why its flight failed, where another is to be tried. */
      flightFailed?: string;
    };

/** A turn that follows. */
export type NextTurn = Omit<Extract<Outcome, { state: "again" }>, "state">;

/** The end of an item whose model or track has changed since it was planned. */
export const SUPERSEDED: Settled = {
  state: "skipped",
  reason: "A newer model, or another sound of the track, has taken its place.",
};
