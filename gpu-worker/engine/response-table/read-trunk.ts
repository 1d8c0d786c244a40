import type { onnx } from "onnx-proto";
import { dimsOf } from "../onnx/tensors.ts";
import { followPooled, type PooledInput, type PooledValue } from "./linear-forms.ts";
import { refusalOf } from "./mixing-operators.ts";
import { NotSeparable } from "./not-separable.ts";
import { isPointwise, pointwiseShape } from "./pointwise.ts";
import { createPooling } from "./pooling.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";
import { isWindowed, type LocalShape, readWindowed } from "./windowed-operator.ts";

/** A plain graph whose nodes are in the order of computation. */
export interface EncoderGraph {
  opset: number;
  bands: number;
  /** Null where any number will do. */
  frames: number | null;
  /** Names of the input [batch, 1, bands, time] and of the features [batch, n]. */
  input: string;
  output: string;
  nodes: readonly onnx.INodeProto[];
  initializers: ReadonlyMap<string, onnx.ITensorProto>;
}

/**
 * Reads a graph as a trunk: follows each tensor from the input on, as local to a column, as pooled
 * over time, or as a constant.
 *
 * @throws NotSeparable where an operator is neither local nor a separable pooling
 */
export function readTrunk(graph: EncoderGraph): Trunk {
  const constants = new Map(graph.initializers);
  const local = new Map<string, { stage: number; shape: LocalShape }>();
  const pooled = new Map<string, PooledValue | NotSeparable>();
  const pooling = createPooling();
  const first: TrunkStage = {
    operator: null,
    input: graph.input,
    root: graph.input,
    pointwise: [],
    shape: { channels: 1, bands: graph.bands },
  };
  const stages = [first];
  local.set(graph.input, { stage: 0, shape: first.shape });

  function visit(node: onnx.INodeProto): void {
    const opType = node.opType ?? "";
    const output = node.output?.[0] ?? "";
    const inputs = node.input ?? [];
    if (opType === "Constant") {
      const value = node.attribute?.find((each) => each.name === "value")?.t;
      if (!value) throw new NotSeparable("unsupported-operator", "Constant of an unusual kind");
      constants.set(output, value);
      return;
    }
    const [main = ""] = inputs;
    const touched = inputs.flatMap((name) => local.get(name) ?? []);
    const isColumn = pooling.isColumn(main);
    const hasPooled = inputs.some((name) => pooled.has(name));
    if (hasPooled && (touched.length > 0 || inputs.some(pooling.isColumn))) {
      throw new NotSeparable(
        "global-normalisation",
        `${opType} "${output}" brings a value of the whole track (top_db, normalisation, squeeze and excitation) back to the columns`,
      );
    }
    if (hasPooled) {
      pooled.set(output, behindPooling(node, inputs));
    } else if (isColumn) {
      pooled.set(output, pooling.overTime(node, constants));
    } else if (touched.length === 0) {
      throw new NotSeparable("unsupported-operator", `${opType} "${output}" computes a constant`);
    } else if (pooling.isPooling(opType)) {
      pool(node, main);
    } else {
      const stage = touched[0]!.stage;
      if (touched.some((each) => each.stage !== stage)) throw branches(opType, output);
      if (isWindowed(opType)) window(node, main, stage);
      else if (isPointwise(opType)) local.set(output, { stage, shape: pointwise(node, stage) });
      else throw refusalOf(node);
    }
  }

  /** What is not linear matters only if it reaches the features, or returns to the columns. */
  function behindPooling(
    node: onnx.INodeProto,
    names: readonly string[],
  ): PooledValue | NotSeparable {
    const inputs: PooledInput[] = [];
    for (const name of names) {
      const value = pooled.get(name) ?? constants.get(name) ?? null;
      if (value instanceof NotSeparable) return value;
      inputs.push(value);
    }
    try {
      return followPooled(node, inputs);
    } catch (error) {
      if (error instanceof NotSeparable) return error;
      throw error;
    }
  }

  function pool(node: onnx.INodeProto, main: string): void {
    const source = local.get(main);
    if (source?.stage !== stages.length - 1) throw branches(node.opType ?? "", main);
    const value = pooling.ofLocal(node, main, source.shape, constants);
    if (value) pooled.set(node.output![0]!, value);
  }

  function window(node: onnx.INodeProto, main: string, stage: number): void {
    const [output = ""] = node.output ?? [];
    const source = local.get(main);
    if (!source || stage !== stages.length - 1) throw branches(node.opType ?? "", output);
    const weights = node.opType === "Conv" ? constants.get(node.input?.[1] ?? "") : undefined;
    const bias = node.input?.[2];
    if (node.opType === "Conv" && (!weights || (bias && !constants.has(bias)))) {
      throw new NotSeparable("mixes-time", `Conv "${output}" has weights that it computes`);
    }
    const read = readWindowed(node, source.shape, weights ? dimsOf(weights) : null);
    local.set(output, { stage: stages.length, shape: read.output });
    stages.push({
      operator: read.operator,
      input: main,
      root: output,
      pointwise: [],
      shape: read.output,
    });
  }

  function pointwise(node: onnx.INodeProto, stage: number): LocalShape {
    const inputs = (node.input ?? []).map((name) => {
      if (name === "") return null;
      const found = local.get(name)?.shape ?? constants.get(name);
      if (!found) throw refusalOf(node);
      return found;
    });
    stages[stage]!.pointwise.push(node);
    return pointwiseShape(node, inputs);
  }

  for (const node of graph.nodes) visit(node);
  const features = pooled.get(graph.output);
  if (!features) {
    throw new NotSeparable("no-time-pooling", "the model does not pool over time before its head");
  }
  if (features instanceof NotSeparable) throw features;
  const { opset, bands, frames } = graph;
  const summary = pooling.finish(features.forms);
  const early = summary.pieces.find(({ tensor }) => local.get(tensor)?.stage !== stages.length - 1);
  if (early) throw branches("pooling", early.tensor);
  return { opset, bands, frames, stages, constants, ...summary };
}

function branches(opType: string, tensor: string): NotSeparable {
  return new NotSeparable(
    "branches",
    `${opType} "${tensor}" joins or leaves the chain (a skip connection or a parallel path), which the engine does not follow`,
  );
}
