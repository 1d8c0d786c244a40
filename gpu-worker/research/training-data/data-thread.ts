/** Entry of a data thread. */
import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../engine/input-error.ts";
import { createDataTasks, type DataSetup } from "./data-tasks.ts";
import type { DataRequest, DataResponse } from "./data-threads.ts";

if (!parentPort) throw new Error("data-thread.ts must run in a worker thread");
const port = parentPort;
const perform = createDataTasks(workerData as DataSetup);

port.on("message", async ({ id, task }: DataRequest) => {
  const respond = (message: DataResponse, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  try {
    const result = await perform(task);
    respond({ id, result }, "data" in result ? [result.data.buffer as ArrayBuffer] : []);
  } catch (error) {
    // An Error survives the transfer between threads, but its class doesn't.
    const failure = error instanceof Error ? error : new Error(String(error));
    respond({ id, failure, isInput: error instanceof InputError });
  }
});
