import { performance } from "node:perf_hooks";
import { InferenceSession, type Tensor } from "onnxruntime-node";

/**
 * Returns the seconds of each run, sorted, with onnxruntime's defaults except for the number of threads.
 *
 * @param feeds of every run
 */
export async function timeRuns(
  onnx: Uint8Array,
  feeds: (inputs: readonly string[]) => Record<string, Tensor>,
  { threads, warmUps, runs }: { threads: number; warmUps: number; runs: number },
): Promise<number[]> {
  const session = await InferenceSession.create(onnx, {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    interOpNumThreads: 1,
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  });
  try {
    const inputs = feeds(session.inputNames);
    const seconds: number[] = [];
    for (let i = 0; i < warmUps + runs; i++) {
      const start = performance.now();
      await session.run(inputs);
      if (i >= warmUps) seconds.push((performance.now() - start) / 1000);
    }
    return seconds.sort((a, b) => a - b);
  } finally {
    await session.release();
  }
}
