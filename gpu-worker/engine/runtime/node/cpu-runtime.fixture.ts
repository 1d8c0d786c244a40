import { createNodeRuntime } from "./node-runtime.ts";

/** A runtime for tests, on two threads of the CPU. */
export const cpuRuntime = createNodeRuntime({ provider: "cpu", threads: 2 });
