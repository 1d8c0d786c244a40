import type { BatchRequest } from "@lemons/shared/contract/batch";
import { ExplanationQuestion } from "@lemons/shared/contract/explanation-request";
import type { ListenerId, TableId, TrackId } from "@lemons/shared/contract/identifier";
import { settingsOf } from "../base/env.ts";
import { run } from "../base/rows.ts";
import { isExplained } from "../work/explanations/explanation-store.ts";
import type { ExplanationTask } from "../work/explanations/explanation-task.ts";
import { buildTask } from "../work/explanations/resolve-task.ts";
import type { BatchItem, TurnOutcome } from "./item.ts";
import { pairsAfter } from "./planned-pairs.ts";
import { isTableFresh } from "./run-jobs.ts";

interface PlannedRow {
  id: string;
  kind: "table" | "explanation";
  state: "planned" | "skipped";
  listener: ListenerId | null;
  track: TrackId;
  type: string | null;
  needs: string | null;
}

/**
 * Plans the explanations of the next few listeners and tracks under the active models, and the response
 * tables that they need. What exists already is entered as skipped. Planning a chunk twice gives the same
 * rows.
 *
 * @returns another turn while there may be more
 */
export async function planExplanations(
  env: Env,
  { batch, cursor }: Pick<BatchItem, "batch" | "cursor">,
  request: BatchRequest,
  createdAt: Date,
): Promise<TurnOutcome> {
  const { pairs, next } = await pairsAfter(env.DB, request, cursor);
  const defaultSeparator = settingsOf(env).SEPARATOR;
  const tasks = await Promise.all(
    pairs.flatMap(({ model, track }) =>
      request.types.map((type) =>
        buildTask(model, track, ExplanationQuestion.parse({ type }), { defaultSeparator }),
      ),
    ),
  );
  const isDone = await Promise.all(tasks.map(({ id }) => isExplained(env.BUCKET, id)));
  const missing = tasks.filter((_, i) => !isDone[i]);
  const tables = await tableRows(env, missing, request.force ? createdAt : null);
  const explanations = tasks.map((task, i) => explanationRow(task, isDone[i]!));
  await insert(env.DB, batch, tables);
  // After the tables, whose state decides which explanations are ready.
  await insert(env.DB, batch, explanations);
  return next === null ? { state: "done" } : { state: "again", cursor: next };
}

async function tableRows(
  env: Env,
  missing: readonly ExplanationTask[],
  notBefore: Date | null,
): Promise<PlannedRow[]> {
  const wanted = new Map<TableId, ExplanationTask>();
  for (const task of missing) {
    if (task.table !== null && !wanted.has(task.table.id)) wanted.set(task.table.id, task);
  }
  return Promise.all(
    [...wanted].map(async ([id, { listener, track, question }]): Promise<PlannedRow> => {
      const isFresh = await isTableFresh(env.BUCKET, id, notBefore);
      const state = isFresh ? "skipped" : "planned";
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

/** Inserts rows. An explanation is ready unless its table is open, and failed if its table has failed. */
async function insert(
  db: D1Database,
  batch: string,
  planned: readonly PlannedRow[],
): Promise<void> {
  if (planned.length === 0) return;
  await run(
    db,
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
    ...[batch, new Date().toISOString(), JSON.stringify(planned)],
  );
}
