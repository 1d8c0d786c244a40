import type { onnx } from "onnx-proto";
import { dimsOf, floatsOf } from "../model/tensor-bytes.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import { takesBroadcast } from "./pointwise.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";
import type { LocalShape } from "./windowed-operator.ts";

/*
 * The graphs built here have time before bands: [batch, channels, time, bands]. Onnxruntime skips
 * padded rows of the second last axis altogether, and padding in time is what the chains are made of.
 */

/** By weights: the chains of one plan all have the same. */
const turnedKernels = new WeakMap<onnx.ITensorProto, Float32Array>();

/** Columns added at either end. */
interface Pads {
  begin: number;
  end: number;
}

/**
 * Adds a stage's convolution, or a pooling, with other padding in time.
 *
 * @param withBias whether to add the convolution's bias
 */
export function addWindowed(
  graph: GraphBuilder,
  trunk: Trunk,
  { operator, shape }: TrunkStage,
  input: string,
  pads: Pads,
  withBias: boolean,
): string {
  if (!operator) return addUnchanged(graph, input, shape, pads);
  const { kind, node, time, bands } = operator;
  const attributes = {
    kernel_shape: [time.kernel, bands.kernel],
    strides: [time.stride, bands.stride],
    pads: [pads.begin, bands.padBegin, pads.end, bands.padEnd],
    ...(time.dilation * bands.dilation > 1 ? { dilations: [time.dilation, bands.dilation] } : {}),
  };
  if (kind === "max-pool") return graph.node("MaxPool", [input], attributes);
  if (kind === "average-pool") {
    const include = intAttribute(node, "count_include_pad", 0);
    return graph.node("AveragePool", [input], { ...attributes, count_include_pad: include });
  }
  const [, weights = "", bias = ""] = node.input ?? [];
  const inputs = [input, addKernel(graph, trunk, weights)];
  if (withBias && bias) inputs.push(addConstant(graph, trunk, bias));
  return graph.node("Conv", inputs, { ...attributes, group: intAttribute(node, "group", 1) });
}

/** Adds the bias alone, where a block has no convolution to carry it. */
export function addBias(
  graph: GraphBuilder,
  trunk: Trunk,
  { operator, shape }: TrunkStage,
  input: string,
): string {
  const name = operator?.node.input?.[2];
  if (!name) return input;
  const values = () => floatsOf(trunk.constants.get(name)!)!;
  const bias = graph.floats(`${name}:column`, [1, shape.channels, 1, 1], values);
  return graph.node("Add", [input, bias]);
}

/**
 * Adds pointwise nodes.
 *
 * @param root name that they know their input by
 * @returns from each name in the model to its name here
 */
export function addPointwise(
  graph: GraphBuilder,
  trunk: Trunk,
  nodes: readonly onnx.INodeProto[],
  root: string,
  input: string,
): Map<string, string> {
  const names = new Map([[root, input]]);
  for (const node of nodes) {
    const inputs = (node.input ?? []).map((name) => {
      if (name === "") return "";
      const known = names.get(name);
      if (known !== undefined) return known;
      return takesBroadcast(node.opType ?? "")
        ? addBesideColumns(graph, trunk, name)
        : addConstant(graph, trunk, name);
    });
    const isNothing = node.opType === "Identity" || node.opType === "Dropout";
    names.set(node.output![0]!, isNothing ? inputs[0]! : graph.copy(node, inputs));
  }
  return names;
}

function addConstant(graph: GraphBuilder, { constants }: Trunk, name: string): string {
  const tensor = constants.get(name)!;
  return graph.floats(name, dimsOf(tensor), () => floatsOf(tensor)!);
}

/** [..., channels, bands, 1] becomes [1, channels, 1, bands]; the numbers lie the same way. */
function addBesideColumns(graph: GraphBuilder, { constants }: Trunk, name: string): string {
  const tensor = constants.get(name)!;
  const dims = dimsOf(tensor);
  const [channels = 1, bands = 1] = [...Array<number>(4 - dims.length).fill(1), ...dims].slice(1);
  return graph.floats(`${name}:beside`, [1, channels, 1, bands], () => floatsOf(tensor)!);
}

/** [outputs, inputs, bands, time] to [outputs, inputs, time, bands]. */
function addKernel(graph: GraphBuilder, trunk: Trunk, name: string): string {
  const tensor = trunk.constants.get(name)!;
  const [outputs, inputs, bands, time] = dimsOf(tensor) as [number, number, number, number];
  return graph.floats(`${name}:kernel`, [outputs, inputs, time, bands], () => {
    const known = turnedKernels.get(tensor);
    if (known) return known;
    const values = floatsOf(tensor)!;
    const turned = new Float32Array(values.length);
    for (let plane = 0; plane < values.length; plane += bands * time) {
      for (let b = 0; b < bands; b++) {
        for (let t = 0; t < time; t++)
          turned[plane + t * bands + b] = values[plane + b * time + t]!;
      }
    }
    turnedKernels.set(tensor, turned);
    return turned;
  });
}

/** A convolution that gives what it gets, with zeros around it. */
function addUnchanged(graph: GraphBuilder, input: string, { channels }: LocalShape, pads: Pads) {
  const ones = graph.floats(`ones:${channels}`, [channels, 1, 1, 1], () =>
    new Float32Array(channels).fill(1),
  );
  return graph.node("Conv", [input, ones], {
    group: channels,
    kernel_shape: [1, 1],
    pads: [pads.begin, 0, pads.end, 0],
  });
}

function intAttribute(node: onnx.INodeProto, name: string, fallback: number): number {
  return Number(node.attribute?.find((each) => each.name === name)?.i ?? fallback);
}
