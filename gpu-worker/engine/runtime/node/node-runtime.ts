import { setImmediate } from "node:timers/promises";
import type { Runtime } from "../runtime.ts";
import { startEnumerator } from "./enumerator.ts";
import { createFolderStorage } from "./folder-storage.ts";
import { type ExecutionProvider, openOnnxSession } from "./onnx-session.ts";
import { createRealFft } from "./real-fft.ts";

export interface NodeRuntimeOptions {
  provider: ExecutionProvider;
  /** Threads of one operator (CPU only), and of an enumeration, up to 4. */
  threads: number;
  /** Folder that keeps response tables for the next process; none by default. */
  cacheFolder?: string | null | undefined;
}

/** Creates the engine's runtime on Node: onnxruntime-node, fft.js, worker threads and a folder. */
export function createNodeRuntime({ provider, threads, cacheFolder }: NodeRuntimeOptions): Runtime {
  return {
    onGpu: provider === "cuda",
    openSession: (onnx, use) => openOnnxSession(onnx, { provider, threads, use }),
    createRealFft,
    startEnumerator: () => startEnumerator(threads),
    async yieldToEvents() {
      await setImmediate();
    },
    storage: cacheFolder ? createFolderStorage(cacheFolder) : null,
  };
}
