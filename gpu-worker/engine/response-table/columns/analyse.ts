import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../../input-error.ts";
import type { EncoderPackage } from "../../model/model-package.ts";
import { dimsOf } from "../../onnx/tensors.ts";
import { followPooled, type PooledInput, type PooledValue } from "./linear-forms.ts";
import {
  isPointwise,
  isWindowed,
  type LocalShape,
  pointwiseShape,
  readWindowed,
} from "./local-operators.ts";
import { NotSeparable, type NotSeparableCode, refusalOf } from "./not-separable.ts";
import { createPooling } from "./time-pooling.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";

/** A model's trunk, or the reason why it has no response table. */
export type EngineVerdict =
  | { applies: true; trunk: Trunk }
  | { applies: false; code: NotSeparableCode; reason: string };

/**
 * Decides from the graph alone whether a model is a chain of local operators with separable pooling
 * over time and a linear head, so that each column can be evaluated once for every combination of
 * the components that it sees.
 *
 * @throws InputError if the encoder's graph is malformed
 */
export function analyseModel({ encoder, manifest }: EncoderPackage): EngineVerdict {
  if (!encoder) {
    return {
      applies: false,
      code: "head-not-linear",
      reason: "the model does not end in one linear layer of one output",
    };
  }
  return analyseEncoder(encoder.onnx, manifest.frontEnd.nMels);
}

/**
 * Analyses an encoder as {@link analyseModel} does.
 *
 * @param encoderOnnx as `splitEncoder` writes it
 * @param bands of the spectrogram
 */
export function analyseEncoder(encoderOnnx: Uint8Array, bands: number): EngineVerdict {
  const { graph, opsetImport } = onnxProto.onnx.ModelProto.decode(encoderOnnx);
  const input = graph?.input?.[0]?.name;
  const output = graph?.output?.[0]?.name;
  const time = graph?.input?.[0]?.type?.tensorType?.shape?.dim?.[3]?.dimValue;
  if (!graph || !input || !output) throw new InputError("the encoder has no input or no output");
  try {
    const trunk = readTrunk({
      opset: Number(opsetImport[0]?.version ?? 0),
      bands,
      frames: Number(time ?? 0) || null,
      input,
      output,
      nodes: graph.node ?? [],
      initializers: new Map((graph.initializer ?? []).map((each) => [each.name ?? "", each])),
    });
    return { applies: true, trunk };
  } catch (error) {
    if (!(error instanceof NotSeparable)) throw error;
    return { applies: false, code: error.code, reason: error.message };
  }
}

/** A plain graph with its nodes in the order of computation. */
export interface EncoderGraph {
  opset: number;
  bands: number;
  /** Number of frames that the graph requires; null if it takes any. */
  frames: number | null;
  /** Names of the input [batch, 1, bands, time] and of the features [batch, n]. */
  input: string;
  output: string;
  nodes: readonly onnx.INodeProto[];
  initializers: ReadonlyMap<string, onnx.ITensorProto>;
}

/**
 * Reads a graph as a trunk. Each tensor, from the input on, is either local to a column, pooled over
 * time, or a constant.
 *
 * @throws NotSeparable if an operator is neither local nor a separable pooling
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
      if (!value) throw new NotSeparable("unsupported-operator", "a Constant that is not a tensor");
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
      pooled.set(output, afterPooling(node, inputs));
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

  /** A non-linear value is an error only if it reaches the features, so the error is kept as its value. */
  function afterPooling(
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
      throw new NotSeparable("mixes-time", `Conv "${output}" has computed weights`);
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
    `${opType} "${tensor}" joins or leaves the chain (a skip connection or a parallel path), which the engine does not support`,
  );
}
