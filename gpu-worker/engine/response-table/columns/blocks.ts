import type { onnx } from "onnx-proto";
import { attributesOf } from "../../onnx/node-attributes.ts";
import { dimsOf, floatsOf } from "../../onnx/tensors.ts";
import type { LocalShape } from "./local-operators.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";
import type { SlidingWindow } from "./windows.ts";

/** A convolution and the operators up to the next one: the unit by which columns are grouped. */
export interface TrunkBlock {
  /** Name of the input tensor. */
  input: string;
  inputShape: LocalShape;
  /** Pointwise operators before the convolution; only the first block has any. */
  before: onnx.INodeProto[];
  /**
   * The stage that starts the block. If a model starts with a pooling, or has no windows at all,
   * `operator` is null and stands for an identity convolution: parts of an input can be added up only
   * after a linear operator.
   */
  convolution: TrunkStage;
  pools: TrunkStage[];
  /** Windows along time of the convolution and each pooling. */
  windows: SlidingWindow[];
}

const UNCHANGED: SlidingWindow = { kernel: 1, stride: 1, dilation: 1, padBegin: 0, padEnd: 0 };

/** Splits a trunk before each convolution. */
export function blocksOf({ stages }: Trunk): TrunkBlock[] {
  const [first, ...windowed] = stages as [TrunkStage, ...TrunkStage[]];
  const blocks: TrunkBlock[] = [];
  let shape = first.shape;
  for (const stage of windowed) {
    const { operator } = stage;
    const before = blocks.length === 0 ? first.pointwise : [];
    const input = blocks.length === 0 ? first.input : stage.input;
    if (operator!.kind === "conv") {
      const windows = [operator!.time];
      blocks.push({ input, inputShape: shape, before, convolution: stage, pools: [], windows });
    } else {
      if (blocks.length === 0) {
        const { input: root } = stage;
        blocks.push(startingBlock(first, before, { ...first, input: root, root, pointwise: [] }));
      }
      const block = blocks.at(-1)!;
      block.pools.push(stage);
      block.windows.push(operator!.time);
    }
    shape = stage.shape;
  }
  return blocks.length > 0 ? blocks : [startingBlock(first, [], first)];
}

function startingBlock(
  { input, shape }: TrunkStage,
  before: onnx.INodeProto[],
  convolution: TrunkStage,
): TrunkBlock {
  return { input, inputShape: shape, before, convolution, pools: [], windows: [UNCHANGED] };
}

/**
 * Folds each batch normalisation directly after a convolution into its weights and bias, so that a
 * convolution computed in parts still ends in one addition:
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
