import type { WorkerTableRequest } from "@lemons/shared/contract/gpu-worker";
import { TableFormatError } from "@lemons/shared/what-if/table-format";
import { type Settings, settingsOf } from "../../base/env.ts";
import { tableKey } from "../../base/object-keys.ts";
import { linkExpiry, signLink } from "../../worker/object-link.ts";
import { encoderOrModelLink, soundLinks } from "../../worker/request-links.ts";
import { tableOnWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import type { AskedTable } from "./asked-table.ts";
import { readTable, storeTableRecord } from "./store.ts";
import { recordFault } from "./table-fault.ts";

/**
 * One attempt at a response table. Its record is stored only once the worker has stored the table and
 * the table has been read whole; where none can be built, the reason is.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptTable(
  env: Env,
  asked: AskedTable,
  listener: FlightListener,
  signal: AbortSignal,
  { requestId }: FlightOrigin,
): Promise<void> {
  const settings = settingsOf(env);
  const request = await workerRequest(settings, asked);
  const answer = await tableOnWorker(settings, request, listener.onProgress, signal, requestId);
  if (answer.kind === "no-table") {
    await storeTableRecord(env.BUCKET, { id: asked.id, noTable: answer.reason }, asked);
    return;
  }
  const { record } = answer;
  const fault = recordFault(asked, record);
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
  await storeTableRecord(env.BUCKET, record, asked);
}

async function workerRequest(settings: Settings, asked: AskedTable): Promise<WorkerTableRequest> {
  const { id, segments, separator } = asked;
  const expiresAt = linkExpiry();
  const [model, sound, url] = await Promise.all([
    encoderOrModelLink(settings, asked.model, expiresAt),
    soundLinks(settings, asked.sound, expiresAt),
    signLink(settings, { method: "PUT", key: tableKey(id), expiresAt }),
  ]);
  return { id, model, sound, separator: separator.name, segments, outputs: { table: { url } } };
}
