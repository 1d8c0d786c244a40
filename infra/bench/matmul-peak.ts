import { createGraphBuilder } from "@lemons/gpu-worker/engine/onnx/graph-builder";
import { Tensor } from "onnxruntime-node";
import { timeRuns } from "./onnx-session.ts";

/** Rows and columns of the matrices: large enough for arithmetic to dominate. */
const SIZE = 1024;
const OPSET = 17;

/** Returns the best multiply-adds a second of onnxruntime's product of two 1024 x 1024 matrices. */
export async function matmulPeak(threads: number): Promise<number> {
  const graph = createGraphBuilder(OPSET);
  const left = graph.input("left", [SIZE, SIZE]);
  const right = graph.input("right", [SIZE, SIZE]);
  graph.output(graph.node("MatMul", [left, right]), "product", [SIZE, SIZE]);
  const values = Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i));
  const matrix = () => new Tensor("float32", values, [SIZE, SIZE]);
  const [best] = await timeRuns(graph.encode(), () => ({ left: matrix(), right: matrix() }), {
    threads,
    warmUps: 5,
    runs: 31,
  });
  return SIZE ** 3 / best!;
}
