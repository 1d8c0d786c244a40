/** Entry of an enumeration thread: helps with each order until all its parts are taken. */
import { parentPort, workerData } from "node:worker_threads";
import { createEnumeration } from "@lemons/shared/enumeration/enumeration";
import {
  type EnumerateOrder,
  type EnumeratorSetup,
  type PartDone,
  takeParts,
} from "./enumerator.ts";

if (!parentPort) throw new Error("enumerator-thread.ts is an entry for a worker thread");
const port = parentPort;
const { module } = workerData as EnumeratorSetup;

port.on("message", ({ order, table, parts, nextPart }: EnumerateOrder) => {
  // A thread that is late to an order doesn't need to load its table.
  if (Atomics.load(nextPart, 0) >= parts) return;
  takeParts(createEnumeration(module, table), nextPart, (part, statistics) =>
    port.postMessage({ order, part, statistics } satisfies PartDone),
  );
});
