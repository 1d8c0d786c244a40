import { BatchId, type BatchItemKind, type BatchMessage } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { settingsOf } from "../base/env.ts";
import { firstRow, firstValue, rowsOf, run, statement } from "../base/rows.ts";
import {
  BatchItem,
  ITEM_COLUMNS,
  type NextTurn,
  PLAN_EXPLANATIONS,
  PLAN_SCORES,
  type Settled,
} from "./item.ts";

/**
 * The ledger: rows in D1 with the state of every item of every batch. Messages only carry turns, so a
 * lost, late or repeated message changes nothing: each step is an UPDATE that applies only while the item
 * is in the state that the step expects, and an item without a sign of life gets a new turn.
 */

/** Lost messages after which the item itself must be at fault. */
const MAX_LOSSES = 8;
const LOST_AT_ONCE = 50;
/** A queue accepts at most 100 messages in one call. */
const MESSAGES_PER_CALL = 100;

const Turn = z.object({ batch: BatchId, id: z.string(), turn: z.int(), losses: z.int() });
type Turn = z.infer<typeof Turn>;

/** Returns how many items of a kind may run at once, over all batches. */
function windows(env: Env): Record<BatchItemKind, number> {
  const { BATCH_TABLES_AT_ONCE } = settingsOf(env);
  return { plan: 2, scores: 4, table: BATCH_TABLES_AT_ONCE, explanation: 10, sweep: 1 };
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const leaseEnd = (env: Env, delaySeconds = 0) =>
  inSeconds(settingsOf(env).BATCH_LEASE_SECONDS + delaySeconds);

/**
 * Gives turns to planned items as far as the windows allow, and new turns to running items whose lease
 * has ended. Called when an item ends, and on a schedule.
 */
export async function dispatch(env: Env): Promise<void> {
  const { DB } = env;
  const lease = leaseEnd(env);
  const now = new Date().toISOString();
  const results = await DB.batch([
    statement(
      DB,
      `UPDATE batch_items SET turn = turn + 1, losses = losses + 1, due_at = ?1
       WHERE (batch, id) IN (
         SELECT batch, id FROM batch_items WHERE state = 'running' AND due_at < ?2 LIMIT ?3)
       RETURNING batch, id, turn, losses`,
      ...[lease, now, LOST_AT_ONCE],
    ),
    ...Object.entries(windows(env)).map(([kind, window]) =>
      statement(
        DB,
        `UPDATE batch_items SET state = 'running', turn = turn + 1, due_at = ?1,
           started_at = ?2, changed_at = ?2, reason = NULL
         WHERE (batch, id) IN (
           SELECT batch, id FROM batch_items WHERE state = 'planned' AND ready = 1 AND kind = ?3
           ORDER BY batch, id
           LIMIT max(0, ?4 - (
             SELECT count(*) FROM batch_items WHERE state = 'running' AND kind = ?3)))
         RETURNING batch, id, turn, losses`,
        ...[lease, now, kind, window],
      ),
    ),
  ]);
  const turns = results.flatMap((result) => rowsOf(Turn, result));
  const hopeless = turns.filter(({ losses }) => losses > MAX_LOSSES);
  for (const { batch, id, turn } of hopeless) {
    await settle(
      env,
      { batch, id, turn },
      { state: "failed", reason: `It was started ${MAX_LOSSES} times and never reported back.` },
    );
  }
  await send(
    env,
    turns.filter((turn) => !hopeless.includes(turn)),
  );
}

/** Dispatches for a caller who has a response to send: if it fails, the schedule makes up for it. */
export async function tryDispatch(env: Env): Promise<void> {
  try {
    await dispatch(env);
  } catch (error) {
    console.error(`dispatch failed, the schedule will repeat it: ${String(error)}`);
  }
}

async function send(env: Env, turns: readonly Turn[]): Promise<void> {
  for (let from = 0; from < turns.length; from += MESSAGES_PER_CALL) {
    await env.BATCH_QUEUE.sendBatch(
      turns.slice(from, from + MESSAGES_PER_CALL).map(({ batch, id, turn }) => ({
        body: { batch, item: id, turn } satisfies BatchMessage,
      })),
    );
  }
}

/** Finds the item of a message and renews its lease. @returns null if the turn is over */
export function takeTurn(env: Env, { batch, item, turn }: BatchMessage): Promise<BatchItem | null> {
  return firstRow(
    env.DB,
    BatchItem,
    `UPDATE batch_items SET due_at = ? WHERE batch = ? AND id = ? AND turn = ? AND state = 'running'
     RETURNING ${ITEM_COLUMNS}`,
    ...[leaseEnd(env), batch, item, turn],
  );
}

type ItemTurn = Pick<BatchItem, "batch" | "id" | "turn">;

/** Gives an item another turn, unless this one is over. */
export async function passTurn(
  env: Env,
  { batch, id, turn }: ItemTurn,
  { cursor, delaySeconds = 0, flightFailed }: NextTurn,
): Promise<void> {
  // Moving `started_at` disowns the failed flight: it is older than the item from here on.
  const next = await firstValue(
    env.DB,
    z.int(),
    `UPDATE batch_items SET turn = turn + 1, losses = 0, due_at = ?1, cursor = coalesce(?2, cursor),
       reason = coalesce(?3, reason), flights = flights + (?3 IS NOT NULL),
       started_at = CASE WHEN ?3 IS NULL THEN started_at ELSE ?4 END
     WHERE batch = ?5 AND id = ?6 AND turn = ?7 AND state = 'running' RETURNING turn`,
    ...[leaseEnd(env, delaySeconds), cursor ?? null, flightFailed ?? null],
    ...[new Date().toISOString(), batch, id, turn],
  );
  if (next === null) return;
  const message: BatchMessage = { batch, item: id, turn: next };
  await env.BATCH_QUEUE.send(message, { delaySeconds });
}

/** Notes the error of a turn that will be retried. */
export async function noteFault(env: Env, { batch, id, turn }: ItemTurn, reason: string) {
  await run(
    env.DB,
    "UPDATE batch_items SET reason = ? WHERE batch = ? AND id = ? AND turn = ? AND state = 'running'",
    ...[reason, batch, id, turn],
  );
}

/**
 * Ends an item, unless its turn is over, and updates what depends on it: explanations become ready or
 * fail with their table, explanations are planned once the scores are done, and the batch is done when
 * nothing is open. One transaction; a second call changes nothing.
 */
export async function settle(
  env: Env,
  { batch, id, turn }: ItemTurn,
  outcome: Settled,
): Promise<void> {
  const { DB } = env;
  const now = new Date().toISOString();
  const reason = "reason" in outcome ? outcome.reason : null;
  await DB.batch([
    statement(
      DB,
      `UPDATE batch_items SET state = ?1, reason = ?2, changed_at = ?3, due_at = NULL
       WHERE batch = ?4 AND id = ?5 AND turn = ?6 AND state = 'running'`,
      ...[outcome.state, reason, now, batch, id, turn],
    ),
    statement(
      DB,
      `UPDATE batch_items INDEXED BY batch_items_waiting SET ready = 1
       WHERE batch = ?1 AND needs = ?2 AND ready = 0
       AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND id = ?2 AND state IN ('done', 'skipped'))`,
      ...[batch, id],
    ),
    statement(
      DB,
      `UPDATE batch_items INDEXED BY batch_items_waiting SET state = 'failed', changed_at = ?3,
         reason = 'Its response table: ' || (SELECT reason FROM batch_items WHERE batch = ?1 AND id = ?2)
       WHERE batch = ?1 AND needs = ?2 AND ready = 0 AND state = 'planned'
       AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND id = ?2 AND state = 'failed')`,
      ...[batch, id, now],
    ),
    ...closing(DB, batch, now),
  ]);
}

/** Returns the statements that follow when a stage, or the whole batch, has no open items left. */
function closing(db: D1Database, batch: string, now: string): D1PreparedStatement[] {
  return [
    statement(
      db,
      `UPDATE batch_items SET ready = 1 WHERE batch = ?1 AND id = '${PLAN_EXPLANATIONS}' AND ready = 0
       AND NOT EXISTS (SELECT 1 FROM batch_tallies
         WHERE batch = ?1 AND kind = 'scores' AND planned + running > 0)
       AND NOT EXISTS (SELECT 1 FROM batch_items
         WHERE batch = ?1 AND id = '${PLAN_SCORES}' AND state IN ('planned', 'running'))`,
      batch,
    ),
    statement(
      db,
      `UPDATE batches SET state = 'done', finished_at = ?2, updated_at = ?2
       WHERE id = ?1 AND state = 'running'
       AND NOT EXISTS (SELECT 1 FROM batch_tallies WHERE batch = ?1 AND planned + running > 0)`,
      ...[batch, now],
    ),
  ];
}

/** Fails an item whose messages could not be delivered, unless its turn is over. */
export async function giveUp(env: Env, message: BatchMessage, deliveries: string): Promise<void> {
  const { batch, item: id, turn } = message;
  const last = await firstValue(
    env.DB,
    z.string().nullable(),
    "SELECT reason FROM batch_items WHERE batch = ? AND id = ?",
    ...[batch, id],
  );
  const reason = `${deliveries}${last ? ` Last error: ${last}` : ""}`;
  await settle(env, { batch, id, turn }, { state: "failed", reason });
}
