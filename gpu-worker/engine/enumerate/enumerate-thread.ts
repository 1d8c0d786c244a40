/** Entry of an enumeration thread: helps with each order until no part of it is left. */
import { parentPort, workerData } from "node:worker_threads";
import { createEnumeration } from "@lemons/shared/enumeration/enumeration";
import type { EnumerateOrder, EnumerateSetup, PartDone } from "./enumerate-messages.ts";
import { takeParts } from "./take-parts.ts";

if (!parentPort) throw new Error("enumerate-thread.ts is an entry for a worker thread");
const port = parentPort;
const { module } = workerData as EnumerateSetup;

port.on("message", ({ order, table, parts, nextPart }: EnumerateOrder) => {
  // Who comes late to an order spares itself the table.
  if (Atomics.load(nextPart, 0) >= parts) return;
  takeParts(createEnumeration(module, table), nextPart, (part, statistics) =>
    port.postMessage({ order, part, statistics } satisfies PartDone),
  );
});
