import { settingsOf } from "../base/env.ts";
import { explainFromStoredTable } from "../work/explanations/explain-from-table.ts";
import { explanationJobOf } from "../work/explanations/explanation-job.ts";
import { isExplained, storeTask } from "../work/explanations/explanation-store.ts";
import { findStoredTables } from "../work/tables/table-store.ts";
import { askedOf } from "./asked-of.ts";
import { type BatchItem, type Outcome, SUPERSEDED } from "./item.ts";
import { runFlight } from "./run-flight.ts";

/**
 * Sees to it that an explanation is there. It is read from its table here, without the gpu-worker, and
 * its audio is rendered when it is first listened to; where that cannot be, it takes its own flight.
 */
export async function runExplanation(env: Env, item: BatchItem): Promise<Outcome> {
  const task = await askedOf(env, item);
  if (task.id !== item.id) return SUPERSEDED;
  const isThere = () => isExplained(env.BUCKET, task.id);
  if (await isThere()) return { state: "done" };
  const { record } = await findStoredTables(env.BUCKET, task);
  if (record !== null && settingsOf(env).EXPLAIN_AT === "edge") {
    await storeTask(env.BUCKET, task);
    if ((await explainFromStoredTable(env, task, record)) !== null) return { state: "done" };
  }
  const job = explanationJobOf(env, task.id);
  return runFlight(item, job, () => job.start(task), isThere);
}
