import type { TableId } from "@lemons/shared/contract/identifier";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { Flight, type FlightListener, type FlightStatus } from "../flight/flight.ts";
import { type FlightOrigin, partOf } from "../flight/flight-origin.ts";
import { type FlightState, isActive } from "../flight/flight-record.ts";
import { attemptTable } from "./attempt-table.ts";
import { dropOrphanedTable, isTableKnown } from "./table-store.ts";
import { TableTask } from "./table-task.ts";

/** How long a waiting job is not heard of before it looks whether its own time is up. */
const AWAITED_CHANGE_MS = 5000;

/** The one flight of a response table, named by the table's id: whatever is asked of it waits here. */
export class TableJob extends Flight<TableTask> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, TableTask);
  }

  protected override async prepare(): Promise<void> {}

  protected override isFinished({ id }: TableTask): Promise<boolean> {
    return isTableKnown(this.env.BUCKET, id);
  }

  protected override async attempt(
    task: TableTask,
    listener: FlightListener,
    signal: AbortSignal,
    origin: FlightOrigin,
  ): Promise<void> {
    await attemptTable(this.env, task, listener, signal, origin);
    await dropOrphanedTable(this.env, task);
  }

  protected override view(_asked: TableTask, state: FlightState): FlightState {
    return state;
  }
}

/** The object that every question of one table shares. */
export const tableJobOf = (env: Env, id: TableId) => env.TABLE_JOBS.getByName(id);

/**
 * Waits until it is known whether there is a table, having it built where nobody has.
 *
 * @throws WorkerFailure, not to be retried, where the table's own attempts have failed; the signal's
 *   reason on abort
 */
export async function awaitTable(
  env: Env,
  task: TableTask,
  listener: FlightListener,
  signal: AbortSignal,
  origin: FlightOrigin,
): Promise<void> {
  if (await isTableKnown(env.BUCKET, task.id)) return;
  const job = tableJobOf(env, task.id);
  let status: FlightStatus = await job.start(task, partOf(origin));
  while (isActive(status.job)) {
    const { attempt, progress, reason } = status.job;
    if (attempt > 0) listener.onAwaited({ attempt, progress, reason });
    signal.throwIfAborted();
    const next = await job.changed(status.event, AWAITED_CHANGE_MS);
    // The track was removed, and all that was made of it.
    if (next === null) throw new WorkerFailure("The track has gone.", { retryable: false });
    status = next;
  }
  if (status.job.state === "failed") {
    const { attempt, reason } = status.job;
    listener.onAwaited({ attempt, progress: null, reason });
    throw new WorkerFailure(reason ?? "The response table could not be built.", {
      retryable: false,
      unusableInput: status.unusableInput,
    });
  }
}
