import type { onnx } from "onnx-proto";
import { attributesOf } from "../onnx/node-attributes.ts";
import { NotSeparable } from "./not-separable.ts";

/**
 * Axes of a reduction in rising order: an attribute up to operator set 17, an input after that.
 *
 * @throws NotSeparable where they are computed
 */
export function reduceAxes(
  node: onnx.INodeProto,
  rank: number,
  constants: ReadonlyMap<string, onnx.ITensorProto>,
): number[] {
  const name = node.input?.[1];
  const tensor = name ? constants.get(name) : undefined;
  if (name && !tensor) {
    throw new NotSeparable("unsupported-operator", `${node.opType} computes its axes`);
  }
  const given = tensor ? int64Of(tensor) : attributesOf(node).ints("axes");
  const axes = given.length > 0 ? given : Array.from({ length: rank }, (_, axis) => axis);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
}

/** Values of an int64 tensor. */
export function int64Of(tensor: onnx.ITensorProto): number[] {
  if (tensor.int64Data?.length) return tensor.int64Data.map(Number);
  const bytes = Uint8Array.from(tensor.rawData ?? []);
  return Array.from(new BigInt64Array(bytes.buffer, 0, Math.floor(bytes.length / 8)), Number);
}
