import type { onnx } from "onnx-proto";
import type { SlidingWindow } from "./time-window.ts";
import type { Trunk, TrunkStage } from "./trunk.ts";
import type { LocalShape } from "./windowed-operator.ts";

/** A convolution and what follows it up to the next: the unit in which columns are grouped. */
export interface Block {
  /** Name of the tensor that enters. */
  input: string;
  inputShape: LocalShape;
  /** Pointwise operators before the convolution; only the first block has any. */
  before: onnx.INodeProto[];
  /**
   * The stage that starts the block. Where a model starts with a pooling, or has no windows at all,
   * `operator` is null and stands for a convolution that changes nothing: parts of an input can be
   * added up behind a linear operator only.
   */
  convolution: TrunkStage;
  pools: TrunkStage[];
  /** Along time: of the convolution and of each pooling. */
  windows: SlidingWindow[];
}

const UNCHANGED: SlidingWindow = { kernel: 1, stride: 1, dilation: 1, padBegin: 0, padEnd: 0 };

/** Splits a trunk before each convolution. */
export function blocksOf({ stages }: Trunk): Block[] {
  const [first, ...windowed] = stages as [TrunkStage, ...TrunkStage[]];
  const blocks: Block[] = [];
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
): Block {
  return { input, inputShape: shape, before, convolution, pools: [], windows: [UNCHANGED] };
}
