import type { Batch, BatchId, BatchRequest } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { ProblemError } from "../base/problems/problem.ts";
import { firstValue, statement } from "../base/rows.ts";
import { PLAN_EXPLANATIONS, PLAN_SCORES, SWEEPS } from "./item.ts";
import { tryDispatch } from "./ledger.ts";

/**
 * Checks that every listener and track of a request exists and is public.
 *
 * @throws ProblemError unknown-listener, unknown-track
 */
export async function checkRequest(
  db: D1Database,
  { listeners = [], tracks = [] }: BatchRequest,
): Promise<void> {
  const [listener, track] = await Promise.all([
    firstUnknown(db, "listeners", listeners),
    firstUnknown(db, "tracks", tracks),
  ]);
  if (listener !== null) throw new ProblemError({ kind: "unknown-listener", id: listener });
  if (track !== null) throw new ProblemError({ kind: "unknown-track", id: track });
}

async function firstUnknown(
  db: D1Database,
  table: "listeners" | "tracks",
  ids: readonly string[],
): Promise<string | null> {
  if (ids.length === 0) return null;
  return firstValue(
    db,
    z.string(),
    `SELECT value FROM json_each(?1)
     WHERE value NOT IN (SELECT id FROM ${table} WHERE owner IS NULL AND id IN (
       SELECT value FROM json_each(?1))) LIMIT 1`,
    JSON.stringify(ids),
  );
}

/** Creates a batch and starts it. Leaves an existing batch of the same id as it is. */
export async function createBatch(
  env: Env,
  batch: { id: BatchId; origin: Batch["origin"]; request: BatchRequest },
): Promise<void> {
  const { DB } = env;
  const now = new Date().toISOString();
  await DB.batch([
    statement(
      DB,
      `INSERT INTO batches (id, origin, request, state, created_at, updated_at)
       VALUES (?1, ?2, ?3, 'running', ?4, ?4) ON CONFLICT (id) DO NOTHING`,
      ...[batch.id, batch.origin, JSON.stringify(batch.request), now],
    ),
    statement(
      DB,
      `INSERT INTO batch_items (batch, id, kind, state, ready, changed_at)
       SELECT ?1, value ->> 'id', value ->> 'kind', 'planned', value ->> 'ready', ?2
       FROM json_each(?3) WHERE true ON CONFLICT (batch, id) DO NOTHING`,
      ...[batch.id, now, JSON.stringify(firstItems(batch))],
    ),
  ]);
  await tryDispatch(env);
}

interface FirstItem {
  id: string;
  kind: "plan" | "sweep";
  ready: 0 | 1;
}

function firstItems({
  origin,
  request,
}: {
  origin: Batch["origin"];
  request: BatchRequest;
}): FirstItem[] {
  // Recommendations follow from scores. A request that names its tracks needs none.
  const planning: FirstItem[] =
    request.tracks === undefined
      ? [
          { id: PLAN_SCORES, kind: "plan", ready: 1 },
          { id: PLAN_EXPLANATIONS, kind: "plan", ready: 0 },
        ]
      : [{ id: PLAN_EXPLANATIONS, kind: "plan", ready: 1 }];
  if (origin === "request") return planning;
  return [...planning, ...SWEEPS.map((id): FirstItem => ({ id, kind: "sweep", ready: 1 }))];
}

/**
 * Cancels a batch: its open items are skipped. Work in progress continues, because other callers may wait
 * for it, but no longer counts.
 */
export async function cancelBatch({ DB }: Env, id: BatchId): Promise<void> {
  const now = new Date().toISOString();
  await DB.batch([
    statement(
      DB,
      `UPDATE batch_items SET state = 'skipped', reason = 'The batch was cancelled.',
         due_at = NULL, turn = turn + 1, changed_at = ?2
       WHERE batch = ?1 AND state IN ('planned', 'running')
         AND EXISTS (SELECT 1 FROM batches WHERE id = ?1 AND state = 'running')`,
      ...[id, now],
    ),
    statement(
      DB,
      `UPDATE batches SET state = 'cancelled', finished_at = ?2, updated_at = ?2
       WHERE id = ?1 AND state = 'running'`,
      ...[id, now],
    ),
  ]);
}

/**
 * Plans failed items again. If scores are among them, explanations are planned again after them, since
 * new scores may change the recommendations. Leaves a batch without failures as it is.
 */
export async function retryBatch(env: Env, id: BatchId): Promise<void> {
  const { DB } = env;
  const now = new Date().toISOString();
  await DB.batch([
    statement(
      DB,
      `UPDATE batches SET state = 'running', finished_at = NULL, updated_at = ?2
       WHERE id = ?1 AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND state = 'failed')`,
      ...[id, now],
    ),
    statement(
      DB,
      `UPDATE batch_items SET state = 'planned', ready = 0, turn = turn + 1, cursor = NULL,
         losses = 0, changed_at = ?2
       WHERE batch = ?1 AND id = '${PLAN_EXPLANATIONS}' AND state = 'done'
         AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND state = 'failed'
           AND (kind = 'scores' OR id = '${PLAN_SCORES}'))`,
      ...[id, now],
    ),
    statement(
      DB,
      `UPDATE batch_items SET state = 'planned', turn = turn + 1, losses = 0, flights = 0, reason = NULL,
         changed_at = ?2,
         ready = NOT EXISTS (
           SELECT 1 FROM batch_items AS its_table WHERE its_table.batch = ?1
             AND its_table.id = batch_items.needs AND its_table.state IN ('planned', 'running', 'failed'))
       WHERE batch = ?1 AND state = 'failed'`,
      ...[id, now],
    ),
  ]);
  await tryDispatch(env);
}
