import type { TableRecord } from "@lemons/shared/contract/explanation";
import type { WorkerTableRequest } from "@lemons/shared/contract/gpu-worker";
import { TableFormatError } from "@lemons/shared/what-if/table-format";
import { type Settings, settingsOf } from "../../base/env.ts";
import { tableKey } from "../../base/object-keys.ts";
import { linkExpiry, signLink } from "../../worker/object-link.ts";
import { encoderOrModelLink, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightRun } from "../flight/define-flight.ts";
import { dropOrphanedTable, readTable, storeTableOutcome } from "./table-store.ts";
import type { TableTask } from "./table-task.ts";

/**
 * Has the gpu-worker build a response table. Its record is stored only once the worker has stored the
 * table and the table could be read; if no table is possible, the reason is stored.
 *
 * @throws WorkerFailure that decides whether there is another attempt; the signal's reason on abort
 */
export async function attemptTable(env: Env, task: TableTask, run: FlightRun): Promise<void> {
  const { signal, onProgress } = run;
  const settings = settingsOf(env);
  const answer = await run.atWorker(async (call) => {
    const request = await workerRequest(settings, task);
    return callWorker(settings, "table", request, {
      ...call,
      onUpdate: ({ progress }) => onProgress(progress),
    });
  });
  signal.throwIfAborted();
  if (answer.kind === "no-table") {
    await storeTableOutcome(env.BUCKET, { id: task.id, noTable: answer.reason }, task);
  } else {
    const { record } = answer;
    const fault = recordFault(task, record);
    if (fault !== null) {
      const message = `The gpu-worker answered for another table: ${fault}.`;
      throw new WorkerFailure(message, { retryable: true });
    }
    onProgress({ phase: "storing", done: 0, total: 1 });
    await checkTable(env.BUCKET, record);
    signal.throwIfAborted();
    await storeTableOutcome(env.BUCKET, record, task);
  }
  await dropOrphanedTable(env, task);
}

async function checkTable(bucket: R2Bucket, record: TableRecord): Promise<void> {
  try {
    await readTable(bucket, record);
  } catch (error) {
    if (!(error instanceof TableFormatError)) throw error;
    const message = `The gpu-worker stored a table that can't be read: ${error.message}.`;
    throw new WorkerFailure(message, { retryable: true, cause: error });
  }
}

async function workerRequest(settings: Settings, task: TableTask): Promise<WorkerTableRequest> {
  const { id, segments, separator } = task;
  const expiresAt = linkExpiry();
  const [model, sound, url] = await Promise.all([
    encoderOrModelLink(settings, task.model, expiresAt),
    soundLinks(settings, task.sound, expiresAt),
    signLink(settings, { method: "PUT", key: tableKey(id), expiresAt }),
  ]);
  return { id, model, sound, separator: separator.name, segments, outputs: { table: { url } } };
}

/**
 * Compares a table's record with the task, so that no other table is stored under its id.
 *
 * @returns the first difference, or null
 */
function recordFault(task: TableTask, record: TableRecord): string | null {
  const pairs: [string, unknown, unknown][] = [
    ["id", record.id, task.id],
    ["encoderVersion", record.encoderVersion, task.encoderVersion],
    ["audio.sha256", record.audio.sha256, task.sound.soundSha256],
    ["separation.separator", record.separation.separator, task.separator.name],
    ["separation.version", record.separation.version, task.separator.version],
    ["segments", record.segments.length, task.segments],
    ["engine.kind", record.engine.kind, "table"],
  ];
  for (const [field, got, wanted] of pairs) {
    if (got !== wanted) return `${field} is ${String(got)} instead of ${String(wanted)}`;
  }
  return null;
}
