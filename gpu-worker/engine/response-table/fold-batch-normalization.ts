import type { onnx } from "onnx-proto";
import { attributesOf } from "../onnx/node-attributes.ts";
import { dimsOf, floatsOf } from "../onnx/tensors.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";

/**
 * Moves each batch normalisation right behind a convolution into its weights and bias, so that a
 * convolution taken apart still ends in one addition:
 * w' = w s, b' = (b - mean) s + beta with s = gamma / sqrt(variance + epsilon).
 */
export function foldBatchNormalization(trunk: Trunk): Trunk {
  const constants = new Map(trunk.constants);
  const stages = trunk.stages.map((stage) => folded(stage, constants));
  return { ...trunk, stages, constants };
}

function folded(stage: TrunkStage, constants: Map<string, onnx.ITensorProto>): TrunkStage {
  const [first, ...rest] = stage.pointwise;
  const { operator, root } = stage;
  if (operator?.kind !== "conv" || first?.opType !== "BatchNormalization") return stage;
  const others = rest.some((node) => node.input?.includes(root));
  const [input, ...names] = first.input ?? [];
  const [gamma, beta, mean, variance] = names.map((name) => floatsOf(constants.get(name) ?? {}));
  if (input !== root || others || !gamma || !beta || !mean || !variance) return stage;
  const { node } = operator;
  const weightName = node.input![1]!;
  const tensor = constants.get(weightName)!;
  const weights = floatsOf(tensor);
  if (!weights) return stage;
  const bias = node.input?.[2] ? floatsOf(constants.get(node.input[2]) ?? {}) : null;
  const epsilon = attributesOf(first).float("epsilon", 1e-5);
  const scale = Float64Array.from(gamma, (g, i) => g / Math.sqrt(variance[i]! + epsilon));
  const perOutput = weights.length / scale.length;
  const output = first.output![0]!;
  const written = { weights: `${output}:weights`, bias: `${output}:bias` };
  setFloats(
    constants,
    written.weights,
    dimsOf(tensor),
    weights.map((w, i) => w * scale[Math.floor(i / perOutput)]!),
  );
  setFloats(
    constants,
    written.bias,
    [scale.length],
    Float32Array.from(scale, (s, i) => ((bias?.[i] ?? 0) - mean[i]!) * s + beta[i]!),
  );
  return {
    ...stage,
    root: output,
    pointwise: rest,
    operator: {
      ...operator,
      node: { ...node, input: [node.input![0]!, written.weights, written.bias], output: [output] },
    },
  };
}

function setFloats(
  constants: Map<string, onnx.ITensorProto>,
  name: string,
  dims: number[],
  values: Float32Array,
): void {
  const rawData = new Uint8Array(values.buffer);
  constants.set(name, { name, dims, dataType: 1, rawData });
}
