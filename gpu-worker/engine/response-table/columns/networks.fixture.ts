import { createHash } from "node:crypto";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import type { SplitEncoder } from "../../model/split-encoder.ts";
import { splitEncoder } from "../../model/split-encoder.ts";
import { createGraphBuilder, type GraphBuilder } from "../../onnx/graph-builder.ts";
import { readOnnx } from "../../onnx/read-onnx.ts";
import type { PreparedTable, TableQuestion, TableRefusal } from "../encoder-engine.ts";
import { analyseEncoder, type EngineVerdict } from "./analyse.ts";
import type { ColumnQuestion } from "./build-response-table.ts";
import { prepareColumns } from "./column-engine.ts";

/** A narrow FCN like LEMONS's own: [Conv 3x3, BatchNormalization, Relu, MaxPool 2] a block. */
export function fcn(widths: readonly number[]) {
  return (network: TestNetwork, input: string) => {
    let tensor = network.batchNormalization(scaled(network, input), 1);
    let from = 1;
    let bands = network.bands;
    for (const to of widths) {
      tensor = network.conv(tensor, { from, to, kernel: [3, 3], pads: [1, 1, 1, 1] });
      tensor = network.node("Relu", [network.batchNormalization(tensor, to)]);
      const high = bands >= 4 ? 2 : 1;
      tensor = network.node("MaxPool", [tensor], { kernel_shape: [high, 2], strides: [high, 2] });
      bands = Math.floor(bands / high);
      from = to;
    }
    return meanAndMax(network, tensor, from);
  };
}

/** A network with stride-2 convolutions instead of pooling. */
export function strided(widths: readonly number[]) {
  return (network: TestNetwork, input: string) => {
    let tensor = scaled(network, input);
    let from = 1;
    for (const to of widths) {
      const shape = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } as const;
      tensor = network.conv(tensor, { from, to, ...shape });
      tensor = network.node("LeakyRelu", [tensor], { alpha: { float: 0.1 } });
      from = to;
    }
    return meanAndMax(network, tensor, from);
  };
}

/** A network with average pooling whose padding counts, and doesn't. */
export function averaged(network: TestNetwork, input: string) {
  let tensor = scaled(network, input);
  tensor = network.conv(tensor, { from: 1, to: 4, kernel: [3, 5], pads: [1, 2, 1, 2] });
  const shape = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  tensor = network.node("AveragePool", [tensor], { ...shape, count_include_pad: 1 });
  tensor = network.node("Elu", [tensor]);
  tensor = network.conv(tensor, { from: 4, to: 4, kernel: [3, 3], bias: false });
  tensor = network.node("AveragePool", [tensor], { ...shape, count_include_pad: 0 });
  return meanAndMax(network, tensor, 4);
}

/** A small random network. */
export interface TestModel {
  onnx: Uint8Array;
  encoder: SplitEncoder;
  encoderVersion: string;
  head: LinearHead;
  verdict: EngineVerdict;
  /** Plans a table of columns. @throws Error if the model has none */
  prepare(question: TableQuestion, limits?: ColumnQuestion["limits"]): PreparedTable | TableRefusal;
}

/** Adds nodes to a test's network. */
export interface TestNetwork extends GraphBuilder {
  bands: number;
  opset: number;
  /** Adds random weights whose variance keeps activations near one. */
  weights(dims: readonly number[], fanIn?: number): string;
  /** Adds random numbers between 0.5 and 1.5. */
  scales(dims: readonly number[]): string;
  conv(input: string, spec: TestConv): string;
  batchNormalization(input: string, channels: number): string;
}

export interface TestConv {
  from: number;
  to: number;
  /** [bands, time], like every pair here. */
  kernel: readonly [number, number];
  strides?: readonly [number, number];
  /** [bands begin, time begin, bands end, time end] */
  pads?: readonly [number, number, number, number];
  dilations?: readonly [number, number];
  group?: number;
  bias?: boolean;
  attributes?: Record<string, number>;
}

/** Creates a linear congruential generator (Numerical Recipes, section 7.1) of numbers in [0, 1). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Writes a model [batch, 1, bands, time] -> [batch, 1].
 *
 * @param pooled adds the operators up to the features [batch, features], and returns their number
 */
export function testModel(
  { bands, seed, opset = 17 }: { bands: number; seed: number; opset?: number },
  pooled: (network: TestNetwork, input: string) => { tensor: string; features: number },
): TestModel {
  const network = createNetwork(bands, seed, opset);
  const input = network.input("logmel", ["batch", 1, bands, "time"]);
  const { tensor, features } = pooled(network, input);
  const logit = network.node(
    "Gemm",
    [tensor, network.weights([1, features]), network.weights([1])],
    { transB: 1 },
  );
  network.output(logit, "logit", ["batch", 1]);
  const onnx = network.encode();
  const split = splitEncoder(readOnnx(onnx, { input: "logmel", output: "logit", bands }));
  if (!split) throw new Error("a test's model has no linear head");
  const { encoder, head } = split;
  const encoderVersion = createHash("sha256").update(encoder.onnx).digest("hex");
  const verdict = analyseEncoder(encoder.onnx, bands);
  return {
    onnx,
    encoder,
    encoderVersion,
    head,
    verdict,
    prepare(question, limits) {
      if (!verdict.applies) throw new Error(verdict.reason);
      return prepareColumns({ trunk: verdict.trunk, encoderVersion }, question, limits);
    },
  };
}

function createNetwork(bands: number, seed: number, opset: number): TestNetwork {
  const graph = createGraphBuilder(opset);
  const random = randomStream(seed);
  let next = 0;
  const floats = (dims: readonly number[], value: () => number) => {
    const count = dims.reduce((product, size) => product * size, 1);
    return graph.floats(`w${next++}`, dims, () => Float32Array.from({ length: count }, value));
  };
  const weights = (dims: readonly number[], fanIn?: number) => {
    const inputs = fanIn ?? dims.slice(1).reduce((product, size) => product * size, 1);
    return floats(dims, () => (2 * random() - 1) * Math.sqrt(6 / inputs));
  };
  const scales = (dims: readonly number[]) => floats(dims, () => 0.5 + random());
  return {
    ...graph,
    bands,
    opset,
    weights,
    scales,
    conv(input, spec) {
      const { from, to, kernel, group = 1, strides, pads, dilations, bias, attributes } = spec;
      const inputs = [input, weights([to, from / group, ...kernel])];
      if (bias !== false) inputs.push(weights([to], 6));
      return graph.node("Conv", inputs, {
        kernel_shape: kernel,
        group,
        ...(strides ? { strides } : {}),
        ...(pads ? { pads } : {}),
        ...(dilations ? { dilations } : {}),
        ...attributes,
      });
    },
    batchNormalization(input, channels) {
      const scale = scales([channels]);
      const bias = weights([channels], 6);
      const mean = weights([channels], 6);
      return graph.node("BatchNormalization", [input, scale, bias, mean, scales([channels])]);
    },
  };
}

/** Adds the scaling of decibels to about one. */
export function scaled(network: TestNetwork, input: string): string {
  const factor = network.floats("factor", [1, 1, 1, 1], () => Float32Array.of(1 / 20));
  const shift = network.floats("shift", [], () => Float32Array.of(2.5));
  return network.node("Add", [network.node("Mul", [input, factor]), shift]);
}

/** Adds mean and maximum over bands and time, concatenated. */
export function meanAndMax(network: TestNetwork, tensor: string, channels: number) {
  const both = [
    network.node("GlobalAveragePool", [tensor]),
    network.node("GlobalMaxPool", [tensor]),
  ];
  const joined = network.node("Concat", both, { axis: 1 });
  return { tensor: network.node("Flatten", [joined], { axis: 1 }), features: 2 * channels };
}
