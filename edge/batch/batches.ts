import {
  Batch,
  BatchCounts,
  BatchFailure,
  type BatchId,
  BatchItemKind,
  BatchRequest,
} from "@lemons/shared/contract/batch";
import { z } from "zod";
import { firstRow, json, rows } from "../base/rows.ts";

const Tally = BatchCounts.extend({ kind: BatchItemKind, started_at: z.iso.datetime().nullable() });
type Tally = z.infer<typeof Tally>;

const BatchRow = z.object({
  id: Batch.shape.id,
  origin: Batch.shape.origin,
  request: json(BatchRequest),
  state: Batch.shape.state,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  tallies: json(z.array(Tally)),
});

const TALLIES = `(SELECT json_group_array(json_object('kind', kind, 'planned', planned,
  'running', running, 'done', done, 'failed', failed, 'skipped', skipped, 'started_at', started_at))
  FROM batch_tallies WHERE batch = batches.id) AS tallies`;
const SELECT_BATCHES = `SELECT id, origin, request, state, created_at, updated_at, finished_at, ${TALLIES} FROM batches`;

const NONE: BatchCounts = { planned: 0, running: 0, done: 0, failed: 0, skipped: 0 };
/** Kinds that a batch's counts include: planning and sweeping are not what the caller requested. */
const COUNTED_KINDS: readonly BatchItemKind[] = ["scores", "table", "explanation"];

const openOf = ({ planned, running }: BatchCounts) => planned + running;

function sum(all: readonly BatchCounts[]): BatchCounts {
  return all.reduce(
    (total, counts) => ({
      planned: total.planned + counts.planned,
      running: total.running + counts.running,
      done: total.done + counts.done,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    }),
    NONE,
  );
}

/**
 * Estimates the time left at the rate of each kind so far.
 *
 * @returns seconds, or null if a kind has open items and none has ended yet
 */
function secondsLeft(tallies: readonly Tally[], now: Date): number | null {
  let left = 0;
  for (const { started_at, done, failed, ...counts } of tallies) {
    const open = counts.planned + counts.running;
    if (open === 0) continue;
    const ended = done + failed;
    if (started_at === null || ended === 0) return null;
    left += (open * Math.max(0, now.getTime() - Date.parse(started_at))) / 1000 / ended;
  }
  return left;
}

function toBatch(row: z.infer<typeof BatchRow>, now: Date): Batch {
  const { id, origin, request, state, tallies } = row;
  const planning = tallies.some((tally) => tally.kind === "plan" && openOf(tally) > 0);
  const counted = tallies.filter(({ kind }) => COUNTED_KINDS.includes(kind));
  return {
    id,
    origin,
    request,
    state,
    planning,
    counts: sum(counted),
    kinds: Object.fromEntries(tallies.map(({ kind, started_at: _, ...counts }) => [kind, counts])),
    secondsLeft: state !== "running" || planning ? null : secondsLeft(counted, now),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}

/** Finds a batch in its current state. @returns null if there is none of that id */
export async function findBatch(db: D1Database, id: BatchId): Promise<Batch | null> {
  const row = await firstRow(db, BatchRow, `${SELECT_BATCHES} WHERE id = ?`, id);
  return row === null ? null : toBatch(row, new Date());
}

/** The place where a page of batches ends. */
export const BatchPlace = z.tuple([z.iso.datetime(), Batch.shape.id]);
export type BatchPlace = z.infer<typeof BatchPlace>;

/** Lists batches, the newest first. */
export async function listBatches(
  db: D1Database,
  { limit, after }: { limit: number; after?: BatchPlace | undefined },
): Promise<Batch[]> {
  const [createdAt, id] = after ?? ["9999", ""];
  const found = await rows(
    db,
    BatchRow,
    `${SELECT_BATCHES} WHERE created_at <= ?1 AND (created_at < ?1 OR id > ?2)
     ORDER BY created_at DESC, id LIMIT ?3`,
    ...[createdAt, id, limit],
  );
  const now = new Date();
  return found.map((row) => toBatch(row, now));
}

/** Lists failed items of a batch by id. */
export function listFailures(
  db: D1Database,
  batch: BatchId,
  { limit, after = "" }: { limit: number; after?: string | undefined },
): Promise<BatchFailure[]> {
  return rows(
    db,
    BatchFailure,
    `SELECT id AS item, kind, listener, track, type, reason, changed_at AS failedAt
     FROM batch_items WHERE batch = ? AND state = 'failed' AND id > ? ORDER BY id LIMIT ?`,
    ...[batch, after, limit],
  );
}
