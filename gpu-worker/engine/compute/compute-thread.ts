/** Entry of the compute thread: does one task at a time and reports how it goes. */
import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "../../service/failure.ts";
import type { ComputeOrder, ComputeReport, ComputeSetup } from "./compute-messages.ts";
import { createComputeTasks } from "./compute-tasks.ts";
import { probeProvider } from "./provider-probe.ts";

if (!parentPort) throw new Error("compute-thread.ts is an entry for a worker thread");
const port = parentPort;
const report = (message: ComputeReport, transfer: ArrayBuffer[] = []) =>
  port.postMessage(message, transfer);

const setup = workerData as ComputeSetup;
if (setup.provider === "cuda") await probeProvider("cuda");
const perform = createComputeTasks(setup);
let running: AbortController | null = null;

port.on("message", (order: ComputeOrder) => {
  if (order.kind === "leave") process.exit();
  else if (order.kind === "cancel") running?.abort();
  else void run(order);
});
report({ kind: "ready" });

async function run({ task, input }: Extract<ComputeOrder, { kind: "run" }>): Promise<void> {
  const controller = new AbortController();
  running = controller;
  try {
    const { output, transfer } = await perform(task, input, {
      signal: controller.signal,
      onProgress: (progress) => report({ kind: "progress", progress }),
      onRelevance: (relevance) => report({ kind: "relevance", relevance }),
    });
    running = null;
    report({ kind: "done", output }, transfer);
  } catch (error) {
    running = null;
    const failure = failureOf(error);
    report(failure.kind === "input-unusable" ? failure : { kind: "failed", error: asError(error) });
  }
}

/** Only an Error is sure to cross between threads, stack and all. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
