import type { BatchId } from "@lemons/shared/contract/batch";
import { PLAN_EXPLANATIONS, PLAN_SCORES } from "./item.ts";
import { dispatchNow } from "./ledger.ts";

/**
 * Cancels a batch: what is open is skipped. Work that is under way goes on, since others may wait for
 * it, and is no longer counted.
 */
export async function cancelBatch({ DB }: Env, id: BatchId): Promise<void> {
  const now = new Date().toISOString();
  await DB.batch([
    DB.prepare(
      `UPDATE batch_items SET state = 'skipped', reason = 'The batch was cancelled.',
         due_at = NULL, turn = turn + 1, changed_at = ?2
       WHERE batch = ?1 AND state IN ('planned', 'running')
         AND EXISTS (SELECT 1 FROM batches WHERE id = ?1 AND state = 'running')`,
    ).bind(id, now),
    DB.prepare(
      `UPDATE batches SET state = 'cancelled', finished_at = ?2, updated_at = ?2
       WHERE id = ?1 AND state = 'running'`,
    ).bind(id, now),
  ]);
}

/**
 * Plans again what has failed. Where scores are among it, explanations are planned again after them,
 * since they may change what is recommended. A batch without failures is left as it is.
 */
export async function retryBatch(env: Env, id: BatchId): Promise<void> {
  const { DB } = env;
  const now = new Date().toISOString();
  await DB.batch([
    DB.prepare(
      `UPDATE batches SET state = 'running', finished_at = NULL, updated_at = ?2
       WHERE id = ?1 AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND state = 'failed')`,
    ).bind(id, now),
    DB.prepare(
      `UPDATE batch_items SET state = 'planned', ready = 0, turn = turn + 1, cursor = NULL,
         losses = 0, changed_at = ?2
       WHERE batch = ?1 AND id = '${PLAN_EXPLANATIONS}' AND state = 'done'
         AND EXISTS (SELECT 1 FROM batch_items WHERE batch = ?1 AND state = 'failed'
           AND (kind = 'scores' OR id = '${PLAN_SCORES}'))`,
    ).bind(id, now),
    DB.prepare(
      `UPDATE batch_items SET state = 'planned', turn = turn + 1, losses = 0, flights = 0, reason = NULL,
         changed_at = ?2,
         ready = NOT EXISTS (
           SELECT 1 FROM batch_items AS its_table WHERE its_table.batch = ?1
             AND its_table.id = batch_items.needs AND its_table.state IN ('planned', 'running', 'failed'))
       WHERE batch = ?1 AND state = 'failed'`,
    ).bind(id, now),
  ]);
  await dispatchNow(env);
}
