import { createHash } from "node:crypto";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { splitEncoder } from "../model/split-encoder.ts";
import { createGraphBuilder, type GraphBuilder } from "../onnx/graph-builder.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { analyseEncoder, type EngineVerdict } from "./analyse.ts";

/** A small random network that a test writes. */
export interface TestModel {
  onnx: Uint8Array;
  encoder: Uint8Array;
  encoderVersion: string;
  head: LinearHead;
  verdict: EngineVerdict;
}

/** Adds nodes to a test's network. */
export interface TestNetwork extends GraphBuilder {
  bands: number;
  opset: number;
  /** Random weights, of a variance that keeps activations near one. */
  weights(dims: readonly number[], fanIn?: number): string;
  /** Random numbers near one. */
  scales(dims: readonly number[]): string;
  conv(input: string, spec: TestConv): string;
  batchNormalization(input: string, channels: number): string;
}

export interface TestConv {
  from: number;
  to: number;
  /** [bands, time], as in every list here. */
  kernel: readonly [number, number];
  strides?: readonly [number, number];
  /** [bands begin, time begin, bands end, time end] */
  pads?: readonly [number, number, number, number];
  dilations?: readonly [number, number];
  group?: number;
  bias?: boolean;
  attributes?: Record<string, number>;
}

/** Linear congruential generator (Numerical Recipes, section 7.1), 0 to 1. */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Writes a model [batch, 1, bands, time] -> [batch, 1]. Its input is scaled from decibels to about
 * one first.
 *
 * @param pooled adds everything up to the features [batch, features], and says how many
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
  return { onnx, encoder: encoder.onnx, encoderVersion, head, verdict };
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

/** Decibels to about one. */
export function scaled(network: TestNetwork, input: string): string {
  const factor = network.floats("factor", [1, 1, 1, 1], () => Float32Array.of(1 / 20));
  const shift = network.floats("shift", [], () => Float32Array.of(2.5));
  return network.node("Add", [network.node("Mul", [input, factor]), shift]);
}

/** Mean and maximum over bands and time, side by side. */
export function meanAndMax(network: TestNetwork, tensor: string, channels: number) {
  const both = [
    network.node("GlobalAveragePool", [tensor]),
    network.node("GlobalMaxPool", [tensor]),
  ];
  const joined = network.node("Concat", both, { axis: 1 });
  return { tensor: network.node("Flatten", [joined], { axis: 1 }), features: 2 * channels };
}
