import { createGraphBuilder, type GraphBuilder } from "../../onnx/graph-builder.ts";
import type { TrunkBlock } from "./blocks.ts";
import type { BlockShape, ChainShape, PartialShape, Stretch, Strip } from "./chain-shape.ts";
import { addBias, addPointwise, addWindowed, type StageGraph } from "./stage-graph.ts";
import type { Trunk } from "./trunk.ts";

/** 10 log10(x) = (10 / ln 10) ln(x). */
const DECIBELS_PER_NEPER = 10 / Math.LN10;
const MIN_POWER = 1e-10;

/** End of a Slice that reaches the tensor's end. */
const TO_THE_END = 2 ** 31 - 1;

/** Names of a chain's inputs and outputs. */
export const CHAIN_NAMES = {
  power: "power",
  addend: (block: number, side: "low" | "high") => `${side}${block}`,
  partial: (index: number) => `partial${index}`,
  pooled: (group: number, piece: number) => `pooled${group}.${piece}`,
};

/**
 * Writes a chain as an ONNX model. Inputs are the mel power [batch, 1, frames, bands] and, for each
 * block with addends, the sums of other intervals' shares [batch or 1, channels, columns, bands].
 * Outputs are the chain's own shares and, for each group of pooled columns and each pooled piece, the
 * sum or maximum over the columns [batch, channels].
 */
export function chainOnnx(
  trunk: Trunk,
  blocks: readonly TrunkBlock[],
  shape: ChainShape,
): Uint8Array {
  const graph = createGraphBuilder(trunk.opset);
  const { sizes, timeAxis } = shape;
  const target: StageGraph = { graph, trunk, timeAxis };
  const tensors = new Map<number, string>();
  let last = new Map<string, string>();
  if (shape.fromPower) {
    const { channels, bands } = blocks[0]!.inputShape;
    const power = graph.input(CHAIN_NAMES.power, [
      sizes?.batch ?? "batch",
      channels,
      sizes?.frames ?? "frames",
      bands,
    ]);
    tensors.set(0, addFrontEnd(target, blocks[0]!, power));
  }
  const reached = shape.strips?.level ?? 0;
  if (shape.strips) {
    const parts = shape.strips.strips.map(addStrip);
    tensors.set(reached, graph.node("Concat", parts, { axis: timeAxis }));
  }
  addPartials((level) => level <= reached);
  for (const [position, { block: index, self, addends, poolPads }] of shape.blocks.entries()) {
    const { convolution } = blocks[index]!;
    const own = self ? addConvolution(index, tensors.get(index)!, self, true) : null;
    const inputs = addends.map((side) => addendOf(position, side));
    const others = inputs.length > 1 ? graph.node("Add", inputs) : inputs[0];
    let tensor: string;
    if (own && others) tensor = graph.node("Add", [own, addBlockedLayout(graph, others)]);
    else tensor = own ?? addBias(target, convolution, others!);
    last = addRest(index, tensor, poolPads);
    const next = blocks[index + 1];
    if (next) tensors.set(index + 1, last.get(next.input)!);
    addPartials((level) => level === index + 1);
  }
  shape.pooled.forEach(({ stretch }, group) => {
    addPooling(target, last, stretch, group);
  });
  return graph.encode();

  function addendOf(position: number, side: "low" | "high"): string {
    const { block } = shape.blocks[position]!;
    const { channels, bands } = blocks[block]!.convolution.shape;
    const name = CHAIN_NAMES.addend(block, side);
    const rows = sizes?.[side] ?? `rows ${name}`;
    return graph.input(name, [
      rows,
      channels,
      sizes?.columns[position] ?? `columns ${block}`,
      bands,
    ]);
  }

  function addConvolution(
    index: number,
    tensor: string,
    part: PartialShape,
    withBias: boolean,
  ): string {
    const input = addStretch(target, tensor, part.stretch);
    const pads = { begin: part.padBegin, end: part.padEnd };
    return addWindowed(target, blocks[index]!.convolution, input, pads, withBias);
  }

  /** Adds the operators after a block's convolution. */
  function addRest(
    index: number,
    convolved: string,
    poolPads: BlockShape["poolPads"],
  ): Map<string, string> {
    const { convolution, pools } = blocks[index]!;
    let names = addPointwise(target, convolution.pointwise, convolution.root, convolved);
    pools.forEach((pool, i) => {
      const [begin, end] = poolPads[i]!;
      const tensor = addWindowed(target, pool, names.get(pool.input)!, { begin, end }, false);
      names = addPointwise(target, pool.pointwise, pool.root, tensor);
    });
    return names;
  }

  function addStrip({ stretch, pads }: Strip): string {
    let tensor = addStretch(target, tensors.get(0)!, stretch);
    pads.forEach(([[padBegin, padEnd] = [0, 0], ...poolPads], index) => {
      const part = { stretch: null, padBegin, padEnd };
      const names = addRest(index, addConvolution(index, tensor, part, true), poolPads);
      tensor = names.get(blocks[index + 1]!.input)!;
    });
    return tensor;
  }

  function addPartials(isKnown: (level: number) => boolean): void {
    shape.partials.forEach(({ level, shape: part, strip }, i) => {
      if (!isKnown(level)) return;
      const tensor = strip ? addStrip(strip) : tensors.get(level)!;
      graph.output(addConvolution(level, tensor, part, false), CHAIN_NAMES.partial(i));
    });
  }
}

/** Adds the conversion from power to decibels, and the model's operators before its first convolution. */
function addFrontEnd(target: StageGraph, block: TrunkBlock, power: string): string {
  const { graph, timeAxis } = target;
  const scalar = (name: string, value: number) =>
    graph.floats(name, [], () => Float32Array.of(value));
  const clipped = graph.node("Clip", [power, scalar("min power", MIN_POWER)]);
  const logarithm = graph.node("Log", [clipped]);
  const decibels = graph.node("Mul", [logarithm, scalar("decibels", DECIBELS_PER_NEPER)]);
  const turned =
    timeAxis === 2 ? decibels : graph.node("Transpose", [decibels], { perm: [0, 1, 3, 2] });
  const names = addPointwise(target, block.before, block.input, turned);
  return names.get(block.convolution.input)!;
}

/**
 * Adds a pooling over single numbers, which changes no value. It makes onnxruntime convert the sum to
 * the layout of its convolutions, so that it is added within the convolution.
 */
function addBlockedLayout(graph: GraphBuilder, tensor: string): string {
  return graph.node("MaxPool", [tensor], { kernel_shape: [1, 1] });
}

function addStretch(
  { graph, timeAxis }: StageGraph,
  tensor: string,
  stretch: Stretch | null,
): string {
  if (!stretch) return tensor;
  const { start, end } = stretch;
  return graph.node("Slice", [
    tensor,
    graph.integers([start]),
    graph.integers([end === 0 ? TO_THE_END : end]),
    graph.integers([timeAxis]),
  ]);
}

/** Adds the reduction of bands, as in the model, and of columns to their sum or maximum. */
function addPooling(
  target: StageGraph,
  names: ReadonlyMap<string, string>,
  stretch: Stretch | null,
  group: number,
): void {
  const { graph, trunk, timeAxis } = target;
  const reduce = (opType: "ReduceMean" | "ReduceMax" | "ReduceSum", axis: number, input: string) =>
    opType === "ReduceSum" || trunk.opset >= 18
      ? graph.node(opType, [input, graph.integers([axis])], { keepdims: 1 })
      : graph.node(opType, [input], { axes: [axis], keepdims: 1 });
  trunk.pieces.forEach(({ tensor, bands, time }, index) => {
    let value = addStretch(target, names.get(tensor)!, stretch);
    if (bands !== "keep") {
      value = reduce(bands === "mean" ? "ReduceMean" : "ReduceMax", 5 - timeAxis, value);
    }
    value = reduce(time === "mean" ? "ReduceSum" : "ReduceMax", timeAxis, value);
    graph.output(graph.node("Flatten", [value], { axis: 1 }), CHAIN_NAMES.pooled(group, index));
  });
}
