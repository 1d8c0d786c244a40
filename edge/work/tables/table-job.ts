import type { TableId } from "@lemons/shared/contract/identifier";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { defineFlight, type FlightRun, type FlightStatus } from "../flight/define-flight.ts";
import { isActive, partOf } from "../flight/flight-record.ts";
import { attemptTable } from "./attempt-table.ts";
import { type AnsweringTables, hasTableOutcome, type StoredTables } from "./table-store.ts";
import { TableTask } from "./table-task.ts";

/** How long to wait for a change of the table's flight before looking at the own time. */
const AWAITED_CHANGE_MS = 5000;

/** The flight of a response table, named by the table's id. Every question that needs it waits here. */
export const TableJob = defineFlight({
  schema: TableTask,
  isFinished: (env, { id }) => hasTableOutcome(env.BUCKET, id),
  attempt: attemptTable,
  view: (_task, state) => state,
});
export type TableJob = InstanceType<typeof TableJob>;

/** Returns the flight of a table. */
export const tableJobOf = (env: Env, id: TableId) => env.TABLE_JOBS.getByName(id);

/**
 * Returns the table to build for a question: the cheaper one, unless the one for all types is being
 * built already.
 *
 * @param stored what the store holds of these tables
 * @returns null if a table is stored or none is possible
 */
export async function chooseTableToBuild(
  env: Env,
  { table, cheaperTable }: AnsweringTables,
  stored: StoredTables,
): Promise<TableTask | null> {
  if (table === null || stored.record !== null || stored.isImpossible) return null;
  if (cheaperTable === null) return table;
  const whole = await tableJobOf(env, table.id).status();
  return whole !== null && isActive(whole.job) ? table : cheaperTable;
}

/**
 * Has a table built, and waits for the outcome.
 *
 * @throws WorkerFailure that isn't retryable if the table's own attempts have failed; the signal's
 *   reason on abort
 */
export async function awaitTable(env: Env, task: TableTask, run: FlightRun): Promise<void> {
  const job = tableJobOf(env, task.id);
  let status: FlightStatus = await job.start(task, partOf(run.origin));
  while (isActive(status.job)) {
    const { attempt, progress, reason } = status.job;
    if (attempt > 0) run.onAwaited({ attempt, progress, reason });
    run.signal.throwIfAborted();
    const next = await job.changed(status.event, AWAITED_CHANGE_MS);
    if (next === null) {
      throw new WorkerFailure("The track has been removed.", { retryable: false });
    }
    status = next;
  }
  if (status.job.state === "failed") {
    const { attempt, reason } = status.job;
    run.onAwaited({ attempt, progress: null, reason });
    throw new WorkerFailure(reason ?? "The response table couldn't be built.", {
      retryable: false,
      unusableInput: status.unusableInput,
    });
  }
}
