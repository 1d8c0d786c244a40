import onnxProto, { type onnx } from "onnx-proto";
import { type AttributeValue, createGraphBuilder, type GraphBuilder } from "../graph-builder.ts";
import { createMemoryCheck } from "./tensor-memory.ts";

/** Shape of the input `x` unless a test gives another. */
export const INPUT = [1, 4, 6, 8];
const OPSET = 18;

type Attributes = Record<string, AttributeValue>;
/** Adds nodes after `x` [1, 4, 6, 8] and returns the last tensor. */
export type Build = (g: GraphBuilder, x: string) => string;

export const floats = (g: GraphBuilder, dims: number[], value = 0.5) =>
  g.floats(`f${dims.join("x")}:${value}`, dims, () =>
    new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value),
  );
export const scalarOf = (g: GraphBuilder, value: number) =>
  g.node("Squeeze", [g.integers([value]), g.integers([0])]);

/** Adds one node that reads `x` and further tensors. */
export const node =
  (
    opType: string,
    attributes: Attributes = {},
    more: (g: GraphBuilder) => string[] = () => [],
  ): Build =>
  (g, x) =>
    g.node(opType, [x, ...more(g)], attributes);

/** Returns an ONNX file with the input `x`. */
export function graphOf(build: Build, dims: readonly number[] = INPUT): Uint8Array {
  const g = createGraphBuilder(OPSET);
  const x = g.input("x", dims);
  build(g, x);
  return g.encode();
}

/** Prepares the memory check of an ONNX file. */
export function checkOf(bytes: Uint8Array): ReturnType<typeof createMemoryCheck> {
  const graph = onnxProto.onnx.ModelProto.decode(bytes).graph as onnx.GraphProto;
  const initializers = new Map(graph.initializer.map((each) => [each.name ?? "", each]));
  return createMemoryCheck({ input: graph.input[0]!, nodes: graph.node, initializers });
}

/** Runs a graph and returns the shape of each of its computed tensors. */
