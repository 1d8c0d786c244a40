import type { onnx } from "onnx-proto";
import type { GraphBuilder } from "../../onnx/graph-builder.ts";
import { dimsOf, floatsOf } from "../../onnx/tensors.ts";
import type { TimeAxis } from "./chain-shape.ts";
import { type LocalShape, takesBroadcast } from "./local-operators.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";

/** A graph being written, the model that it is written from, and the layout of its tensors. */
export interface StageGraph {
  graph: GraphBuilder;
  trunk: Trunk;
  timeAxis: TimeAxis;
}

/** Transposed kernels by weights, which all chains of a plan share. */
const turnedKernels = new WeakMap<onnx.ITensorProto, Float32Array>();

/** Columns added at either end. */
interface Pads {
  begin: number;
  end: number;
}

/**
 * Adds a stage's convolution or pooling with another padding in time.
 *
 * @param withBias adds the convolution's bias
 */
export function addWindowed(
  target: StageGraph,
  { operator, shape }: TrunkStage,
  input: string,
  pads: Pads,
  withBias: boolean,
): string {
  const { graph } = target;
  if (!operator) return addUnchanged(target, input, shape, pads);
  const { kind, node, time, bands } = operator;
  const inOrder = (ofTime: number, ofBands: number) => ordered(target, ofTime, ofBands);
  const attributes = {
    kernel_shape: inOrder(time.kernel, bands.kernel),
    strides: inOrder(time.stride, bands.stride),
    pads: [...inOrder(pads.begin, bands.padBegin), ...inOrder(pads.end, bands.padEnd)],
    ...(time.dilation * bands.dilation > 1
      ? { dilations: inOrder(time.dilation, bands.dilation) }
      : {}),
  };
  if (kind === "max-pool") return graph.node("MaxPool", [input], attributes);
  if (kind === "average-pool") {
    const include = intAttribute(node, "count_include_pad", 0);
    return graph.node("AveragePool", [input], { ...attributes, count_include_pad: include });
  }
  const [, weights = "", bias = ""] = node.input ?? [];
  const inputs = [input, addKernel(target, weights)];
  if (withBias && bias) inputs.push(addConstant(target, bias));
  return graph.node("Conv", inputs, { ...attributes, group: intAttribute(node, "group", 1) });
}

/** Orders a value of time and one of bands by the two last axes. */
function ordered({ timeAxis }: StageGraph, ofTime: number, ofBands: number): number[] {
  return timeAxis === 2 ? [ofTime, ofBands] : [ofBands, ofTime];
}

/** Adds the bias alone, for a block without a convolution of its own columns. */
export function addBias(
  { graph, trunk }: StageGraph,
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
 * @param root the nodes' name for their input
 * @returns the name here of each name in the model
 */
export function addPointwise(
  target: StageGraph,
  nodes: readonly onnx.INodeProto[],
  root: string,
  input: string,
): Map<string, string> {
  const names = new Map([[root, input]]);
  for (const node of nodes) {
    const inputs = (node.input ?? []).map((name) => {
      if (name === "") return "";
      const cached = names.get(name);
      if (cached !== undefined) return cached;
      return takesBroadcast(node.opType ?? "")
        ? addBesideColumns(target, name)
        : addConstant(target, name);
    });
    const isNothing = node.opType === "Identity" || node.opType === "Dropout";
    names.set(node.output![0]!, isNothing ? inputs[0]! : target.graph.copy(node, inputs));
  }
  return names;
}

function addConstant({ graph, trunk }: StageGraph, name: string): string {
  const tensor = trunk.constants.get(name)!;
  return graph.floats(name, dimsOf(tensor), () => floatsOf(tensor)!);
}

/** Adds a constant [..., channels, bands, 1] in the graph's layout; the order of its numbers is the same. */
function addBesideColumns(target: StageGraph, name: string): string {
  const { graph, trunk } = target;
  const tensor = trunk.constants.get(name)!;
  const dims = dimsOf(tensor);
  const [channels = 1, bands = 1] = [...Array<number>(4 - dims.length).fill(1), ...dims].slice(1);
  const placed = [1, channels, ...ordered(target, 1, bands)];
  return graph.floats(`${name}:beside`, placed, () => floatsOf(tensor)!);
}

/** Adds a kernel [outputs, inputs, bands, time], with the last two axes swapped if time is axis 2. */
function addKernel(target: StageGraph, name: string): string {
  const { graph, trunk, timeAxis } = target;
  if (timeAxis === 3) return addConstant(target, name);
  const tensor = trunk.constants.get(name)!;
  const [outputs, inputs, bands, time] = dimsOf(tensor) as [number, number, number, number];
  return graph.floats(`${name}:kernel`, [outputs, inputs, time, bands], () => {
    const cached = turnedKernels.get(tensor);
    if (cached) return cached;
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

/** Adds an identity convolution that pads its input with zeros. */
function addUnchanged(target: StageGraph, input: string, { channels }: LocalShape, pads: Pads) {
  const { graph } = target;
  const ones = graph.floats(`ones:${channels}`, [channels, 1, 1, 1], () =>
    new Float32Array(channels).fill(1),
  );
  return graph.node("Conv", [input, ones], {
    group: channels,
    kernel_shape: [1, 1],
    pads: [...ordered(target, pads.begin, 0), ...ordered(target, pads.end, 0)],
  });
}

function intAttribute(node: onnx.INodeProto, name: string, fallback: number): number {
  return Number(node.attribute?.find((each) => each.name === name)?.i ?? fallback);
}
