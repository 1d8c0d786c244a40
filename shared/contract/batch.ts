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
const TWICE = "must not name anything twice";

/** Name of a batch. */
export const BatchId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "must be the id of a batch")
  .meta({ id: "BatchId", example: "nightly-2026-11-24" });
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
        "explain these; by default the tracks that each listener is recommended first, after missing scores have been computed",
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
      .describe(
        "have response tables built anew that are older than the batch; explanations never change",
      ),
  })
  .meta({ id: "BatchRequest", example: { listeners: ["ilse"], types: ["time+source"] } });
export type BatchRequest = z.infer<typeof BatchRequest>;

/** What a batch is made of. */
export const BatchItemKind = z
  .enum(["plan", "scores", "table", "explanation", "sweep"])
  .describe(
    "plan: finding out what is stale; scores: of one encoder over the catalogue; table: a response table; explanation: read from one; sweep: clearing away what no version needs any more",
  );
export type BatchItemKind = z.infer<typeof BatchItemKind>;

const count = z.int().nonnegative();

/** How many items are in each state. Their sum is what is known of so far. */
export const BatchCounts = z
  .object({
    planned: count,
    running: count,
    done: count,
    failed: count,
    skipped: count.describe("there already, out of date meanwhile, or cancelled"),
  })
  .meta({ id: "BatchCounts" });
export type BatchCounts = z.infer<typeof BatchCounts>;

/** A scheduled or requested recomputation of what is stale. */
export const Batch = z
  .object({
    id: BatchId,
    origin: z.enum(["schedule", "request"]),
    request: BatchRequest,
    state: z.enum(["running", "done", "cancelled"]),
    planning: z.boolean().describe("whether more items may yet be found"),
    counts: BatchCounts.describe("scores, tables and explanations together"),
    kinds: z.partialRecord(BatchItemKind, BatchCounts),
    secondsLeft: z
      .number()
      .nonnegative()
      .nullable()
      .describe("at the rate so far; null while it cannot be told"),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "Batch" });
export type Batch = z.infer<typeof Batch>;

/** Batches, the newest first. */
export const BatchList = z
  .object({ batches: z.array(Batch), nextCursor: z.string().nullable() })
  .meta({ id: "BatchList" });
export type BatchList = z.infer<typeof BatchList>;

/** An item of a batch that failed, and why. */
export const BatchFailure = z
  .object({
    item: z.string().describe("what it would have been: the id of a table or an explanation, ..."),
    kind: BatchItemKind,
    listener: ListenerId.nullable(),
    track: TrackId.nullable(),
    type: ExplanationType.nullable(),
    reason: z.string(),
    failedAt: z.iso.datetime(),
  })
  .meta({ id: "BatchFailure" });
export type BatchFailure = z.infer<typeof BatchFailure>;

/** Failures of a batch by item. */
export const BatchFailureList = z
  .object({ failures: z.array(BatchFailure), nextCursor: z.string().nullable() })
  .meta({ id: "BatchFailureList" });
export type BatchFailureList = z.infer<typeof BatchFailureList>;

/**
 * What goes through the queue: an item's turn. The ledger in D1 is the truth; a message whose turn is
 * not the item's any more is a duplicate or late, and means nothing.
 */
export const BatchMessage = z.strictObject({
  batch: BatchId,
  item: z.string().min(1).max(200),
  turn: z.int().positive(),
});
export type BatchMessage = z.infer<typeof BatchMessage>;
