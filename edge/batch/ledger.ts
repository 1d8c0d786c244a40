import type { BatchItemKind, BatchMessage } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { settingsOf } from "../base/env.ts";
import {
  BatchItem,
  ITEM_COLUMNS,
  type NextTurn,
  PLAN_EXPLANATIONS,
  PLAN_SCORES,
  type Settled,
} from "./item.ts";

/**
 * The ledger: rows in D1 that say how every item of every batch stands. Messages only carry turns, so
 * one that is lost, late or doubled changes nothing: each step is an UPDATE that holds only while the
 * item is where the step expects it, and what is not heard of in time is given a new turn.
 */

/** After so many lost messages something is wrong with the item itself. */
const MAX_LOSSES = 8;
const LOST_AT_ONCE = 50;

const Turn = z.object({ batch: z.string(), id: z.string(), turn: z.int(), losses: z.int() });
type Turn = z.infer<typeof Turn>;

/** How many items of a kind are in work at once, over all batches. */
function windows(env: Env): Record<BatchItemKind, number> {
  const { BATCH_TABLES_AT_ONCE } = settingsOf(env);
  return { plan: 2, scores: 4, table: BATCH_TABLES_AT_ONCE, explanation: 10, sweep: 1 };
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/**
 * Gives turns to what is planned, as far as the windows allow, and new turns to what is not heard of
 * any more. Called whenever an item has ended, and by the clock.
 */
export async function dispatch(env: Env): Promise<void> {
  const { DB } = env;
  const lease = settingsOf(env).BATCH_LEASE_SECONDS;
  const now = new Date().toISOString();
  const results = await DB.batch([
    DB.prepare(
      `UPDATE batch_items SET turn = turn + 1, losses = losses + 1, due_at = ?1
       WHERE (batch, id) IN (
         SELECT batch, id FROM batch_items WHERE state = 'running' AND due_at < ?2 LIMIT ?3)
       RETURNING batch, id, turn, losses`,
    ).bind(inSeconds(lease), now, LOST_AT_ONCE),
    ...Object.entries(windows(env)).map(([kind, window]) =>
      DB.prepare(
        `UPDATE batch_items SET state = 'running', turn = turn + 1, due_at = ?1,
           started_at = ?2, changed_at = ?2, reason = NULL
         WHERE (batch, id) IN (
           SELECT batch, id FROM batch_items WHERE state = 'planned' AND ready = 1 AND kind = ?3
           ORDER BY batch, id
           LIMIT max(0, ?4 - (
             SELECT count(*) FROM batch_items WHERE state = 'running' AND kind = ?3)))
         RETURNING batch, id, turn, losses`,
      ).bind(inSeconds(lease), now, kind, window),
    ),
  ]);
  const turns = results.flatMap(({ results: rows }) => z.array(Turn).parse(rows));
  const hopeless = turns.filter(({ losses }) => losses > MAX_LOSSES);
  for (const { batch, id, turn } of hopeless) {
    await settle(
      env,
      { batch, id, turn },
      { state: "failed", reason: `It was begun ${MAX_LOSSES} times and never heard of again.` },
    );
  }
  await send(
    env,
    turns.filter((turn) => !hopeless.includes(turn)),
  );
}

/** The same for whoever has an answer to give: where it fails, the clock makes up for it. */
export async function dispatchNow(env: Env): Promise<void> {
  try {
    await dispatch(env);
  } catch (error) {
    console.error(`no turns were given; the clock will: ${String(error)}`);
  }
}

async function send(env: Env, turns: readonly Turn[]): Promise<void> {
  // A queue takes at most 100 messages at once.
  for (let from = 0; from < turns.length; from += 100) {
    await env.BATCH_QUEUE.sendBatch(
      turns.slice(from, from + 100).map(({ batch, id, turn }) => ({
        body: { batch, item: id, turn } satisfies BatchMessage,
      })),
    );
  }
}

/** The item whose turn a message is, heard of now; null where it is no longer its turn. */
export async function takeTurn(
  env: Env,
  { batch, item, turn }: BatchMessage,
): Promise<BatchItem | null> {
  const row = await env.DB.prepare(
    `UPDATE batch_items SET due_at = ? WHERE batch = ? AND id = ? AND turn = ? AND state = 'running'
     RETURNING ${ITEM_COLUMNS}`,
  )
    .bind(inSeconds(settingsOf(env).BATCH_LEASE_SECONDS), batch, item, turn)
    .first();
  return row === null ? null : BatchItem.parse(row);
}

type TurnOf = Pick<BatchItem, "batch" | "id" | "turn">;

/** Gives an item another turn, unless this one is over. */
export async function passTurn(
  env: Env,
  { batch, id, turn }: TurnOf,
  { cursor, delaySeconds = 0, flightFailed }: NextTurn,
): Promise<void> {
  const now = new Date().toISOString();
  // A flight that is older than `started_at` is none of the item's own any more.
  const row = await env.DB.prepare(
    `UPDATE batch_items SET turn = turn + 1, losses = 0, due_at = ?1, cursor = coalesce(?2, cursor),
       reason = coalesce(?3, reason), flights = flights + (?3 IS NOT NULL),
       started_at = CASE WHEN ?3 IS NULL THEN started_at ELSE ?4 END
     WHERE batch = ?5 AND id = ?6 AND turn = ?7 AND state = 'running' RETURNING turn`,
  )
    .bind(
      inSeconds(settingsOf(env).BATCH_LEASE_SECONDS + delaySeconds),
      cursor ?? null,
      flightFailed ?? null,
      now,
      batch,
      id,
      turn,
    )
    .first<{ turn: number }>();
  if (row === null) return;
  const message: BatchMessage = { batch, item: id, turn: row.turn };
  await env.BATCH_QUEUE.send(message, { delaySeconds });
}

/** Notes what went wrong in a turn that will be tried again. */
export async function noteFault(env: Env, { batch, id, turn }: TurnOf, reason: string) {
  await env.DB.prepare(
    "UPDATE batch_items SET reason = ? WHERE batch = ? AND id = ? AND turn = ? AND state = 'running'",
  )
    .bind(reason, batch, id, turn)
    .run();
}

/**
 * Ends an item, unless its turn is over, and with it what hangs on that: explanations become ready or
 * fail with their table, explanations are planned once the scores are there, and the batch is done
 * when nothing is open. All or nothing; a second call changes nothing.
 */
export async function settle(
  env: Env,
  { batch, id, turn }: TurnOf,
  outcome: Settled,
): Promise<void> {
  const { DB } = env;
  const now = new Date().toISOString();
  await DB.batch([
    DB.prepare(
      `UPDATE batch_items SET state = ?1, reason = ?2, changed_at = ?3, due_at = NULL
       WHERE batch = ?4 AND id = ?5 AND turn = ?6 AND state = 'running'`,
    ).bind(outcome.state, "reason" in outcome ? outcome.reason : null, now, batch, id, turn),
    DB.prepare(
      `UPDATE batch_items INDEXED BY batch_items_waiting SET ready = 1
       WHERE batch = ?1 AND needs = ?2 AND ready = 0
       AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND id = ?2 AND state IN ('done', 'skipped'))`,
    ).bind(batch, id),
    DB.prepare(
      `UPDATE batch_items INDEXED BY batch_items_waiting SET state = 'failed', changed_at = ?3,
         reason = 'Its response table: ' || (SELECT reason FROM batch_items WHERE batch = ?1 AND id = ?2)
       WHERE batch = ?1 AND needs = ?2 AND ready = 0 AND state = 'planned'
       AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND id = ?2 AND state = 'failed')`,
    ).bind(batch, id, now),
    ...closing(DB, batch, now),
  ]);
}

/** What follows once nothing of a stage, or nothing at all, is open. */
function closing(db: D1Database, batch: string, now: string): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `UPDATE batch_items SET ready = 1 WHERE batch = ?1 AND id = '${PLAN_EXPLANATIONS}' AND ready = 0
         AND NOT EXISTS (SELECT 1 FROM batch_tallies
           WHERE batch = ?1 AND kind = 'scores' AND planned + running > 0)
         AND NOT EXISTS (SELECT 1 FROM batch_items
           WHERE batch = ?1 AND id = '${PLAN_SCORES}' AND state IN ('planned', 'running'))`,
      )
      .bind(batch),
    db
      .prepare(
        `UPDATE batches SET state = 'done', finished_at = ?2, updated_at = ?2
         WHERE id = ?1 AND state = 'running'
         AND NOT EXISTS (SELECT 1 FROM batch_tallies WHERE batch = ?1 AND planned + running > 0)`,
      )
      .bind(batch, now),
  ];
}

/** Gives up on an item whose messages came to nothing, unless its turn is over. */
export async function giveUp(env: Env, message: BatchMessage, deliveries: string): Promise<void> {
  const row = await env.DB.prepare("SELECT reason FROM batch_items WHERE batch = ? AND id = ?")
    .bind(message.batch, message.item)
    .first<{ reason: string | null }>();
  const reason = `${deliveries}${row?.reason ? ` The last time: ${row.reason}` : ""}`;
  await settle(
    env,
    { batch: message.batch, id: message.item, turn: message.turn },
    { state: "failed", reason },
  );
}
