/** Entry of an enumeration thread: helps until no part is left. */
import { parentPort, workerData } from "node:worker_threads";
import { createEnumeration } from "@lemons/shared/enumeration/enumeration";
import type { EnumerateSetup, PartDone } from "./enumerate-messages.ts";
import { takeParts } from "./take-parts.ts";

if (!parentPort) throw new Error("enumerate-thread.ts is an entry for a worker thread");
const port = parentPort;
const { module, table, nextPart } = workerData as EnumerateSetup;

takeParts(createEnumeration(module, table), nextPart, (part, statistics) =>
  port.postMessage({ part, statistics } satisfies PartDone),
);
