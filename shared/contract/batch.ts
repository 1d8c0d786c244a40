import { z } from "zod";
import { ExplanationType } from "./explanation-request.ts";
import { ListenerId, TrackId } from "./identifier.ts";

export const MAX_BATCH_LISTENERS = 1000;
export const MAX_BATCH_TRACKS = 1000;
export const DEFAULT_BATCHES = 20;
export const MAX_BATCHES = 100;
export const DEFAULT_FAILURES = 50;
export const MAX_FAILURES = 200;

const distinct = <Item>(items: readonly Item[]) => new Set(items).size === items.length;
const TWICE = "must not contain duplicates";

/** Name of a batch. */
export const BatchId = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
    "must be a batch id: 1 to 64 lower-case letters, digits and inner hyphens",
  )
  .meta({ id: "BatchId", example: "nightly-2026-11-24" })
  .brand<"BatchId">();
export type BatchId = z.infer<typeof BatchId>;

/** Body of `POST /v1/batches`. */
export const BatchRequest = z
  .strictObject({
    listeners: z
      .array(ListenerId)
      .min(1)
      .max(MAX_BATCH_LISTENERS)
      .refine(distinct, TWICE)
      .meta({ uniqueItems: true })
      .optional()
      .describe("all by default"),
    tracks: z
      .array(TrackId)
      .min(1)
      .max(MAX_BATCH_TRACKS)
      .refine(distinct, TWICE)
      .meta({ uniqueItems: true })
      .optional()
      .describe(
        "tracks to explain; by default each listener's top recommendations, once missing scores are computed",
      ),
    types: z
      .array(ExplanationType)
      .min(1)
      .refine(distinct, TWICE)
      .meta({ uniqueItems: true })
      .default([...ExplanationType.options]),
    force: z
      .boolean()
      .default(false)
      .describe("rebuild response tables that are older than the batch; explanations never change"),
  })
  .meta({ id: "BatchRequest", example: { listeners: ["ilse"], types: ["time+source"] } });
export type BatchRequest = z.infer<typeof BatchRequest>;

/** The kinds of items of a batch. */
export const BatchItemKind = z
  .enum(["plan", "scores", "table", "explanation", "sweep"])
  .describe(
    "plan: finds stale items; scores: scores the catalogue with one encoder; table: builds a response table; explanation: reads one from a table; sweep: deletes objects of outdated versions",
  );
export type BatchItemKind = z.infer<typeof BatchItemKind>;

const count = z.int().nonnegative();

/** The number of items in each state. Their sum is the number of items found so far. */
export const BatchCounts = z
  .object({
    planned: count,
    running: count,
    done: count,
    failed: count,
    skipped: count.describe("already done, outdated or cancelled"),
  })
  .meta({ id: "BatchCounts" });
export type BatchCounts = z.infer<typeof BatchCounts>;

/** A scheduled or requested recomputation of stale items. */
export const Batch = z
  .object({
    id: BatchId,
    origin: z.enum(["schedule", "request"]),
    request: BatchRequest,
    state: z.enum(["running", "done", "cancelled"]),
    planning: z.boolean().describe("true while more items may be found"),
    counts: BatchCounts.describe("scores, tables and explanations together"),
    kinds: z.partialRecord(BatchItemKind, BatchCounts),
    secondsLeft: z
      .number()
      .nonnegative()
      .nullable()
      .describe("estimate from the rate so far; null if unknown"),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Batch" });
export type Batch = z.infer<typeof Batch>;

/** Batches, newest first. */
export const BatchList = z
  .object({ batches: z.array(Batch), nextCursor: z.string().nullable() })
  .meta({ id: "BatchList" });
export type BatchList = z.infer<typeof BatchList>;

/** An item of a batch that failed, and why. */
export const BatchFailure = z
  .object({
    item: z.string().describe("what failed, such as the id of a table or an explanation"),
    kind: BatchItemKind,
    listener: ListenerId.nullable(),
    track: TrackId.nullable(),
    type: ExplanationType.nullable(),
    reason: z.string(),
    failedAt: z.iso.datetime(),
  })
  .meta({ id: "BatchFailure" });
export type BatchFailure = z.infer<typeof BatchFailure>;

/** The failures of a batch, by item. */
export const BatchFailureList = z
  .object({ failures: z.array(BatchFailure), nextCursor: z.string().nullable() })
  .meta({ id: "BatchFailureList" });
export type BatchFailureList = z.infer<typeof BatchFailureList>;

/**
 * A queue message: the turn of an item. The ledger in D1 is authoritative; messages with an outdated
 * turn are duplicates or late, and are ignored.
 */
export const BatchMessage = z.strictObject({
  batch: BatchId,
  item: z.string().min(1).max(200),
  turn: z.int().positive(),
});
export type BatchMessage = z.infer<typeof BatchMessage>;
