import type { WorkerTableRequest } from "@lemons/shared/contract/gpu-worker";
import { TableFormatError } from "@lemons/shared/what-if/table-format";
import { type Settings, settingsOf } from "../../base/env.ts";
import { tableKey } from "../../base/object-keys.ts";
import { linkExpiry, signLink } from "../../worker/object-link.ts";
import { encoderOrModelLink, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import { recordFault } from "./table-fault.ts";
import { readTable, storeTableRecord } from "./table-store.ts";
import type { TableTask } from "./table-task.ts";

/**
 * One attempt at a response table. Its record is stored only once the worker has stored the table and
 * the table has been read whole; where none can be built, the reason is.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptTable(
  env: Env,
  task: TableTask,
  listener: FlightListener,
  signal: AbortSignal,
  { requestId, payer }: FlightOrigin,
): Promise<void> {
  const settings = settingsOf(env);
  const request = await workerRequest(settings, task);
  const answer = await callWorker(settings, "table", request, {
    signal,
    requestId,
    account: payer?.account,
    onUpdate: ({ progress }) => listener.onProgress(progress),
  });
  if (answer.kind === "no-table") {
    await storeTableRecord(env.BUCKET, { id: task.id, noTable: answer.reason }, task);
    return;
  }
  const { record } = answer;
  const fault = recordFault(task, record);
  if (fault !== null) {
    throw new WorkerFailure(`The gpu-worker answered for another table: ${fault}.`, {
      retryable: true,
    });
  }
  listener.onProgress({ phase: "storing", done: 0, total: 1 });
  try {
    await readTable(env.BUCKET, record);
  } catch (error) {
    if (!(error instanceof TableFormatError)) throw error;
    throw new WorkerFailure(
      `The gpu-worker stored a table that cannot be read: ${error.message}.`,
      {
        retryable: true,
        cause: error,
      },
    );
  }
  signal.throwIfAborted();
  await storeTableRecord(env.BUCKET, record, task);
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
