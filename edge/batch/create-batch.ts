import type { Batch, BatchId, BatchRequest } from "@lemons/shared/contract/batch";
import { PLAN_EXPLANATIONS, PLAN_SCORES, SWEEPS } from "./item.ts";
import { dispatchNow } from "./ledger.ts";

interface FirstItem {
  id: string;
  kind: "plan" | "sweep";
  ready: 0 | 1;
}

/**
 * Enters a batch in the ledger and starts it. One of the same id is left as it is, so that a clock
 * that strikes twice is harmless.
 */
export async function createBatch(
  env: Env,
  batch: { id: BatchId; origin: Batch["origin"]; request: BatchRequest },
): Promise<void> {
  const { DB } = env;
  const now = new Date().toISOString();
  await DB.batch([
    DB.prepare(
      `INSERT INTO batches (id, origin, request, state, created_at, updated_at)
       VALUES (?1, ?2, ?3, 'running', ?4, ?4) ON CONFLICT (id) DO NOTHING`,
    ).bind(batch.id, batch.origin, JSON.stringify(batch.request), now),
    DB.prepare(
      `INSERT INTO batch_items (batch, id, kind, state, ready, changed_at)
       SELECT ?1, value ->> 'id', value ->> 'kind', 'planned', value ->> 'ready', ?2
       FROM json_each(?3) WHERE true ON CONFLICT (batch, id) DO NOTHING`,
    ).bind(batch.id, now, JSON.stringify(firstItems(batch))),
  ]);
  await dispatchNow(env);
}

function firstItems({
  origin,
  request,
}: {
  origin: Batch["origin"];
  request: BatchRequest;
}): FirstItem[] {
  // Scores decide what is recommended first; where the tracks are named they decide nothing.
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
