import * as ort from "onnxruntime-node";
import type { InferenceSession, SessionUse, Tensor } from "../runtime.ts";

export type ExecutionProvider = "cpu" | "cuda";

export interface OnnxSessionOptions {
  provider: ExecutionProvider;
  /** Threads of one operator (CPU only). */
  threads: number;
  use: SessionUse;
}

/** Warnings about a stranger's model don't belong in the command line's output. */
const LOG_ERRORS_ONLY = 3;

/**
 * Loads a graph with onnxruntime-node, as a session of its own API.
 *
 * @throws Error with onnxruntime's message if it refuses the graph
 */
export function createOrtSession(
  onnx: Uint8Array,
  options: OnnxSessionOptions,
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(onnx, settingsOf(options));
}

/**
 * Loads a graph as a session of the engine's runtime.
 *
 * @throws Error with onnxruntime's message if it refuses the graph
 */
export async function openOnnxSession(
  onnx: Uint8Array,
  options: OnnxSessionOptions,
): Promise<InferenceSession> {
  const session = await createOrtSession(onnx, options);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs, results) {
      const outputs = results
        ? await session.run(tensorsOf(inputs), tensorsOf(results))
        : await session.run(tensorsOf(inputs));
      const read = Object.entries(outputs).map(async ([name, tensor]) => {
        return [name, { data: (await tensor.getData()) as Float32Array, dims: tensor.dims }];
      });
      return Object.fromEntries(await Promise.all(read));
    },
    release: () => session.release(),
  };
}

function settingsOf({
  provider,
  threads,
  use,
}: OnnxSessionOptions): ort.InferenceSession.SessionOptions {
  const common = { interOpNumThreads: 1, logSeverityLevel: LOG_ERRORS_ONLY } as const;
  const cuda = { name: "cuda", deviceId: 0 };
  switch (use) {
    case "model":
      return {
        ...common,
        graphOptimizationLevel: "all",
        intraOpNumThreads: threads,
        ...(provider === "cpu"
          ? {
              executionProviders: ["cpu"],
              // Spinning threads take time from the service's other threads and gain nothing here.
              extra: { session: { intra_op: { allow_spinning: "0" } } },
            }
          : {
              executionProviders: [cuda],
              // A silent fallback to the CPU would be an unnoticed slowdown.
              extra: { session: { disable_cpu_ep_fallback: "1" } },
            }),
      };
    case "chain":
      return {
        ...common,
        executionProviders: [provider === "cpu" ? "cpu" : cuda],
        graphOptimizationLevel: "all",
        intraOpNumThreads: threads,
        enableMemPattern: false,
      };
    case "resampling":
      return { ...common, executionProviders: ["cpu"] };
  }
}

function tensorsOf(tensors: Readonly<Record<string, Tensor>>): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dims }]) => [
      name,
      new ort.Tensor("float32", data, dims),
    ]),
  );
}
