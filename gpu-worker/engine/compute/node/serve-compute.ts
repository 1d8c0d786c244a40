import { parentPort, workerData } from "node:worker_threads";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import { UnusableInputError } from "../../input-error.ts";
import type { ModelPackage } from "../../model/model-package.ts";
import {
  isSharedFolder,
  readModelPackage,
  readSharedPackage,
} from "../../model/node/read-model-package.ts";
import { modelOfListener, type SharedPackage } from "../../model/shared-package.ts";
import { createNodeRuntime } from "../../runtime/node/node-runtime.ts";
import { loadStems } from "../../separate/node/load-stems.ts";
import { type ComputeTools, createComputeTools } from "../engine-tasks.ts";
import type {
  ComputeOrder,
  ComputeReport,
  ComputeSetup,
  TaskTable,
  TaskTypes,
} from "../messages.ts";
import { createLoadingCache, type ReadModel } from "../model-cache.ts";
import { probeProvider } from "./provider-probe.ts";

/** Shared-encoder packages kept in memory, each with the heads of all its listeners. */
const PACKAGES_KEPT = 2;

/**
 * Serves tasks to the main thread that started this one, one at a time. To be called once, by the
 * entry of a worker thread.
 *
 * @throws Error if this is no worker thread, or the provider doesn't work
 */
export async function serveCompute<Tasks extends TaskTypes>(
  createTasks: (tools: ComputeTools, setup: ComputeSetup) => TaskTable<Tasks>,
): Promise<void> {
  if (!parentPort) throw new Error("a compute thread's entry must run in a worker thread");
  const port = parentPort;
  const report = (message: ComputeReport, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);

  const setup = workerData as ComputeSetup;
  const { provider, threads, cacheFolder, cacheMs: lifetimeMs } = setup;
  const runtime = createNodeRuntime({ provider, threads, cacheFolder });
  if (provider === "cuda") await probeProvider(runtime, provider);
  const readModel = createModelReader();
  const tools = createComputeTools({ runtime, lifetimeMs, readModel, readStems: loadStems });
  const tasks = createTasks(tools, setup);
  let running: AbortController | null = null;

  async function run({ task, input }: Extract<ComputeOrder, { kind: "run" }>): Promise<void> {
    const controller = new AbortController();
    running = controller;
    try {
      const perform = tasks[task];
      if (!perform) throw new Error(`this compute thread has no task "${task}"`);
      const { output, transfer } = await perform(input, {
        signal: controller.signal,
        onProgress: (progress) => report({ kind: "progress", progress }),
        onRelevance: (relevance) => report({ kind: "relevance", relevance }),
      });
      running = null;
      report({ kind: "done", output }, transfer);
    } catch (error) {
      running = null;
      report(
        error instanceof UnusableInputError
          ? { kind: "input-unusable", subject: error.subject, reason: error.message }
          : { kind: "failed", error: asError(error) },
      );
    }
  }

  port.on("message", (order: ComputeOrder) => {
    if (order.kind === "leave") process.exit();
    else if (order.kind === "cancel") running?.abort();
    else void run(order);
  });
  report({ kind: "ready" });
}

/** Creates a reader that keeps the last shared-encoder packages in memory. */
function createModelReader(): ReadModel {
  const packages = createLoadingCache<{ shared: SharedPackage | null }>(PACKAGES_KEPT);
  return async (path: string, listener?: ListenerId): Promise<ModelPackage> => {
    if (listener === undefined) return readModelPackage(path);
    const { shared } = await packages(path, async () => ({
      shared: (await isSharedFolder(path)) ? await readSharedPackage(path) : null,
    }));
    return shared ? modelOfListener(shared, listener) : readModelPackage(path, listener);
  };
}

/** Wraps thrown values other than Errors: only an Error crosses threads with its stack. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
