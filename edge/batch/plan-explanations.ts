import type { BatchRequest } from "@lemons/shared/contract/batch";
import { ExplanationQuestion } from "@lemons/shared/contract/explanation-request";
import type { TableId } from "@lemons/shared/contract/identifier";
import { isExplained } from "../work/explanations/explanation-store.ts";
import type { ExplanationTask } from "../work/explanations/explanation-task.ts";
import { buildTask } from "../work/explanations/resolve-task.ts";
import type { BatchItem, Outcome } from "./item.ts";
import { pairsAfter } from "./stale-pairs.ts";
import { isTableFresh } from "./table-freshness.ts";

interface PlannedRow {
  id: string;
  kind: "table" | "explanation";
  state: "planned" | "skipped";
  listener: string | null;
  track: string;
  type: string | null;
  needs: string | null;
}

/**
 * Plans the explanations of the next few listeners and tracks under the newest models, and the response
 * tables that they need. What is there already is entered as skipped. A chunk that is planned twice is
 * the same rows.
 *
 * @returns another turn while there may be more
 */
export async function planExplanations(
  env: Env,
  { batch, cursor }: Pick<BatchItem, "batch" | "cursor">,
  request: BatchRequest,
  createdAt: Date,
): Promise<Outcome> {
  const { pairs, next } = await pairsAfter(env.DB, request, cursor);
  const asked = await Promise.all(
    pairs.flatMap(({ model, track }) =>
      request.types.map((type) => buildTask(model, track, ExplanationQuestion.parse({ type }))),
    ),
  );
  const isDone = await Promise.all(asked.map(({ id }) => isExplained(env.BUCKET, id)));
  const missing = asked.filter((_, i) => !isDone[i]);
  const tables = await tableRows(env, missing, request.force ? createdAt : null);
  const explanations = asked.map((question, i) => explanationRow(question, isDone[i]!));
  await insert(env.DB, batch, tables);
  // Afterwards, since they look at how their tables stand.
  await insert(env.DB, batch, explanations);
  return next === null ? { state: "done" } : { state: "again", cursor: next };
}

async function tableRows(
  env: Env,
  missing: readonly ExplanationTask[],
  notBefore: Date | null,
): Promise<PlannedRow[]> {
  const wanted = new Map<TableId, ExplanationTask>();
  for (const asked of missing) {
    if (asked.table !== null && !wanted.has(asked.table.id)) wanted.set(asked.table.id, asked);
  }
  return Promise.all(
    [...wanted].map(async ([id, { listener, track, question }]): Promise<PlannedRow> => {
      const isThere = await isTableFresh(env.BUCKET, id, notBefore);
      const state = isThere ? "skipped" : "planned";
      return { id, kind: "table", state, listener, track, type: question.type, needs: null };
    }),
  );
}

function explanationRow(
  { id, listener, track, question, table }: ExplanationTask,
  isDone: boolean,
): PlannedRow {
  return {
    id,
    kind: "explanation",
    state: isDone ? "skipped" : "planned",
    listener,
    track,
    type: question.type,
    needs: isDone ? null : (table?.id ?? null),
  };
}

/** An explanation is ready unless its table is still open; where that has failed, so has it. */
async function insert(db: D1Database, batch: string, rows: readonly PlannedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .prepare(
      `INSERT INTO batch_items
         (batch, id, kind, state, ready, listener, track, type, needs, changed_at, reason)
       SELECT ?1, wanted.value ->> 'id', wanted.value ->> 'kind',
         CASE WHEN its_table.state = 'failed' THEN 'failed' ELSE wanted.value ->> 'state' END,
         coalesce(its_table.state NOT IN ('planned', 'running'), 1),
         wanted.value ->> 'listener', wanted.value ->> 'track', wanted.value ->> 'type',
         wanted.value ->> 'needs', ?2,
         CASE WHEN its_table.state = 'failed' THEN 'Its response table: ' || its_table.reason END
       FROM json_each(?3) AS wanted
       LEFT JOIN batch_items AS its_table
         ON its_table.batch = ?1 AND its_table.id = wanted.value ->> 'needs'
       WHERE true ON CONFLICT (batch, id) DO NOTHING`,
    )
    .bind(batch, new Date().toISOString(), JSON.stringify(rows))
    .run();
}
