/** Entry of a data thread: decodes, crops and transforms, one task after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { InputError } from "../../engine/input-error.ts";
import { createDataTasks, type DataSetup } from "./data-tasks.ts";
import type { DataOrder, DataReport } from "./data-threads.ts";

if (!parentPort) throw new Error("data-thread.ts is an entry for a worker thread");
const port = parentPort;
const perform = createDataTasks(workerData as DataSetup);

port.on("message", async ({ id, task }: DataOrder) => {
  const report = (message: DataReport, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  try {
    const result = await perform(task);
    report({ id, result }, "data" in result ? [result.data.buffer as ArrayBuffer] : []);
  } catch (error) {
    // Only an Error is sure to cross between threads; its class does not.
    const failure = error instanceof Error ? error : new Error(String(error));
    report({ id, failure, isInput: error instanceof InputError });
  }
});
