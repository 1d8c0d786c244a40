import type { Architecture } from "@lemons/shared/contract/model";
import type { GraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { type FloatTensor, sizeOf } from "../../engine/onnx/tensors.ts";
import { reshaped } from "./autodiff/tape.ts";

/** Shape and role of a named tensor of the network. */
export interface ParameterShape {
  /** Name in the PyTorch implementation of LEMONS: `layer1.conv.weight`, `fc.bias`. */
  name: string;
  dims: readonly number[];
  /** Weights follow the gradient; statistics are running means and variances. */
  kind: "weight" | "statistic";
  /** True for the heads, false for the trunk. */
  ofHead: boolean;
}

/** Lists every tensor that training changes, in the order of the layers. */
export function parameterShapes({ channels, heads }: Architecture): ParameterShape[] {
  const trunk = normalization("spec_bn", 1);
  channels.forEach((outputs, i) => {
    const inputs = channels[i - 1] ?? 1;
    const layer = `layer${i + 1}`;
    trunk.push(weight(`${layer}.conv.weight`, [outputs, inputs, 3, 3]));
    trunk.push(weight(`${layer}.conv.bias`, [outputs]));
    trunk.push(...normalization(`${layer}.bn`, outputs));
  });
  const features = featuresOf({ channels });
  return [
    ...trunk,
    { ...weight("fc.weight", [heads, features]), ofHead: true },
    { ...weight("fc.bias", [heads]), ofHead: true },
  ];
}

/** Returns the number of features: mean and maximum of each channel of the last block. */
export function featuresOf({ channels }: Pick<Architecture, "channels">): number {
  return 2 * channels.at(-1)!;
}

function normalization(name: string, channels: number): ParameterShape[] {
  const statistic = (suffix: string): ParameterShape => ({
    ...weight(`${name}.${suffix}`, [channels]),
    kind: "statistic",
  });
  return [
    weight(`${name}.weight`, [channels]),
    weight(`${name}.bias`, [channels]),
    statistic("running_mean"),
    statistic("running_var"),
  ];
}

function weight(name: string, dims: readonly number[]): ParameterShape {
  return { name, dims, kind: "weight", ofHead: false };
}

/** Returns the number of elements of several tensors. */
export function totalSize(shapes: readonly ParameterShape[]): number {
  return shapes.reduce((sum, { dims }) => sum + sizeOf(dims), 0);
}

/** Concatenates tensors into one vector. */
export function pack(
  shapes: readonly ParameterShape[],
  tensor: (shape: ParameterShape) => FloatTensor,
): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(totalSize(shapes));
  let from = 0;
  for (const shape of shapes) {
    vector.set(tensor(shape).data, from);
    from += sizeOf(shape.dims);
  }
  return vector;
}

/** Copies the tensors out of a vector; their names get `prefix`. */
export function unpack(
  shapes: readonly ParameterShape[],
  vector: Float32Array,
  prefix = "",
): Map<string, FloatTensor> {
  const tensors = new Map<string, FloatTensor>();
  let from = 0;
  for (const { name, dims } of shapes) {
    const to = from + sizeOf(dims);
    tensors.set(`${prefix}${name}`, { dims, data: Float32Array.from(vector.subarray(from, to)) });
    from = to;
  }
  return tensors;
}

/** Adds the nodes of {@link pack} to a graph. Tensors without a name are zeros. */
export function packNodes(
  graph: GraphBuilder,
  shapes: readonly ParameterShape[],
  names: ReadonlyMap<string, string | undefined>,
): string {
  const flat = shapes.map(({ name, dims }) => {
    const found = names.get(name);
    const size = sizeOf(dims);
    if (found !== undefined) return reshaped(graph, found, [size]);
    return graph.floats(`zeros:${size}`, [size], () => new Float32Array(size));
  });
  return graph.node("Concat", flat, { axis: 0 });
}

/** Adds the nodes of {@link unpack} to a graph. */
export function unpackNodes(
  graph: GraphBuilder,
  shapes: readonly ParameterShape[],
  vector: string,
): Map<string, string> {
  const sizes = graph.integers(shapes.map(({ dims }) => sizeOf(dims)));
  const parts = graph.nodes("Split", [vector, sizes], shapes.length, { axis: 0 });
  return new Map(shapes.map(({ name, dims }, i) => [name, reshaped(graph, parts[i]!, dims)]));
}
