import type { BatchRequest } from "@lemons/shared/contract/batch";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import type { TableId } from "@lemons/shared/contract/identifier";
import { settingsOf } from "../base/env.ts";
import { tableRecordKey } from "../base/object-keys.ts";
import { explainFromStoredTable } from "../work/explanations/explain-from-table.ts";
import { explanationJobOf } from "../work/explanations/explanation-job.ts";
import { isExplained, storeTask } from "../work/explanations/explanation-store.ts";
import type { ExplanationTask } from "../work/explanations/explanation-task.ts";
import { resolveTask } from "../work/explanations/resolve-task.ts";
import type { FlightStatus } from "../work/flight/define-flight.ts";
import { isActive } from "../work/flight/flight-record.ts";
import { tableJobOf } from "../work/tables/table-job.ts";
import { deleteTable, findStoredTables } from "../work/tables/table-store.ts";
import { type BatchItem, SUPERSEDED, type TurnOutcome } from "./item.ts";

/** A consumer must not wait as long as a flight takes: it waits a little, then takes another turn. */
const WAIT_MS = 5000;
const NEXT_TURN_SECONDS = 5;
/** A flight gives up sooner than a batch should: the gpu-worker may be away for longer. */
const MAX_FLIGHTS = 5;
/** 5 s before the second flight, then 20 s, 80 s and more than five minutes. */
const flightDelaySeconds = (failed: number) => 5 * 4 ** failed;

/** Builds a response table, or records that none is possible. */
export async function runTable(
  env: Env,
  item: BatchItem,
  { force }: BatchRequest,
  createdAt: Date,
): Promise<TurnOutcome> {
  const { table } = await resolveItem(env, item);
  if (table?.id !== item.id) return SUPERSEDED;
  const isFinished = () => isTableFresh(env.BUCKET, table.id, force ? createdAt : null);
  if (await isFinished()) return { state: "done" };
  if (force) await deleteTable(env.BUCKET, table.id);
  const job = tableJobOf(env, table.id);
  return runFlight(item, job, () => job.start(table), isFinished);
}

/**
 * Computes an explanation: from its response table here, without the gpu-worker, leaving its audio to the
 * first listener; or else in a flight of its own.
 */
export async function runExplanation(env: Env, item: BatchItem): Promise<TurnOutcome> {
  const task = await resolveItem(env, item);
  if (task.id !== item.id) return SUPERSEDED;
  const isFinished = () => isExplained(env.BUCKET, task.id);
  if (await isFinished()) return { state: "done" };
  const { record } = await findStoredTables(env.BUCKET, task);
  if (record !== null && settingsOf(env).EXPLAIN_AT === "edge") {
    await storeTask(env.BUCKET, task);
    if ((await explainFromStoredTable(env, task, record)) !== null) return { state: "done" };
  }
  const job = explanationJobOf(env, task.id);
  return runFlight(item, job, () => job.start(task), isFinished);
}

/**
 * Resolves an item against the present catalogue. The task's id differs from the item's if the model or
 * the track changed after planning.
 *
 * @throws ProblemError if listener, model or track no longer exist
 */
function resolveItem(
  env: Env,
  { listener, track, type }: Pick<BatchItem, "listener" | "track" | "type">,
): Promise<ExplanationTask> {
  return resolveTask(env, ExplanationRequest.parse({ listener, track, type }));
}

/**
 * Returns true if a table's outcome has been recorded.
 *
 * @param notBefore time before which a record doesn't count; null if every record does
 */
export async function isTableFresh(
  bucket: R2Bucket,
  id: TableId,
  notBefore: Date | null,
): Promise<boolean> {
  const record = await bucket.head(tableRecordKey(id));
  return record !== null && (notBefore === null || record.uploaded >= notBefore);
}

interface FlightOf {
  status(): Promise<FlightStatus | null>;
  settled(timeoutMs: number): Promise<FlightStatus | null>;
}

/**
 * Starts the flight of an item unless it is under way, and waits a little for it. If a flight fails that
 * started after the item did, the item starts another one after a pause, unless the sound is at fault.
 *
 * @param isFinished returns true once the flight's result is stored
 */
async function runFlight(
  { startedAt, flights }: BatchItem,
  flight: FlightOf,
  start: () => Promise<FlightStatus>,
  isFinished: () => Promise<boolean>,
): Promise<TurnOutcome> {
  const before = await flight.status();
  const isOwn =
    before !== null &&
    (isActive(before.job) || (before.job.state === "failed" && before.job.updatedAt >= startedAt));
  if (!isOwn) await start();
  const status = await flight.settled(WAIT_MS);
  if (await isFinished()) return { state: "done" };
  if (status?.job.state === "failed") {
    const reason = status.job.reason ?? "No reason was given.";
    const isFinal = status.unusableInput || flights + 1 >= MAX_FLIGHTS;
    return isFinal
      ? { state: "failed", reason }
      : { state: "again", delaySeconds: flightDelaySeconds(flights), flightFailed: reason };
  }
  return { state: "again", delaySeconds: NEXT_TURN_SECONDS };
}
