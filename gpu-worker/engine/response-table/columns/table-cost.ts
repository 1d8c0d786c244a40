import { dimsOf } from "../../onnx/tensors.ts";
import type { TableCost } from "../encoder-engine.ts";
import type { TrunkBlock } from "./blocks.ts";
import type { BlockShape, ChainShape, PartialShape, Stretch, Strip } from "./chain-shape.ts";
import type { Share } from "./interval-chain.ts";
import { intervalKey } from "./intervals.ts";
import type { PlannedRun, TablePlan } from "./table-plan.ts";
import type { Trunk } from "./trunk.ts";
import { columnCount, type SlidingWindow, windowCount } from "./windows.ts";

/** Computes the cost of a plan. */
export function costOf(plan: TablePlan): TableCost {
  const { trunk, blocks, levels, runs } = plan;
  const perTap = blocks.map((block) => multiplyAddsPerTap(block, trunk));
  let rows = 0;
  let multiplyAdds = 0;
  let columnsEvaluated = 0;
  let workingBytes = 0;
  let held = 0;
  for (const planned of runs) {
    const combinations = 2 ** planned.bits;
    const pooled = planned.patches.flatMap((patch) => patch.pooled.map((each) => each.interval));
    rows += combinations * new Set(pooled.map(intervalKey)).size;
    let power = 0;
    for (const patch of planned.patches) {
      const frames = patch.frames ? columnCount(patch.frames) : 0;
      const { silence } = patch;
      const chains = [{ frames, shape: patch.shape, times: combinations - (silence ? 1 : 0) }];
      if (silence) chains.push({ ...silence, times: 1 });
      for (const { times, ...chain } of chains) {
        for (const { block, taps, columns } of convolutionsOf(blocks, planned, chain)) {
          multiplyAdds += times * taps * perTap[block]!;
          columnsEvaluated += times * columns;
        }
      }
      power = Math.max(power, 4 * combinations * frames * trunk.bands);
      for (const share of patch.shares) held += combinations * shareRowBytes(share, blocks);
    }
    workingBytes = Math.max(workingBytes, held + power + sumBytes(plan, planned));
    for (const share of planned.incoming) held -= heldBytes(plan, share);
  }
  const forwardMultiplyAdds = blocks.reduce(
    (sum, { windows }, index) =>
      sum + perTap[index]! * levels.lengths[index]![1]! * windows[0]!.kernel,
    0,
  );
  const tableBytes = 4 * rows * (trunk.meanChannels + trunk.maxChannels);
  return { rows, tableBytes, multiplyAdds, forwardMultiplyAdds, columnsEvaluated, workingBytes };
}

/** Returns the bytes of one combination's share. */
export function shareRowBytes({ level, convolved }: Share, blocks: readonly TrunkBlock[]): number {
  const { channels, bands } = blocks[level]!.convolution.shape;
  return 4 * channels * convolved * bands;
}

interface Convolution {
  block: number;
  /** Output columns. */
  columns: number;
  /** Pairs of an output column and an input column. */
  taps: number;
}

/** Lists the convolutions of a chain. */
function convolutionsOf(
  blocks: readonly TrunkBlock[],
  { incoming }: PlannedRun,
  { frames, shape }: { frames: number; shape: ChainShape },
): Convolution[] {
  const found: Convolution[] = [];
  const lengths = new Map([[0, frames]]);
  const convolve = (block: number, length: number, part: PartialShape) => {
    const own = convolutionOf(blocks[block]!.windows[0]!, length, part);
    found.push({ block, ...own });
    return own.columns;
  };
  const pool = (block: number, columns: number, poolPads: BlockShape["poolPads"]) =>
    poolPads.reduce((length, [padBegin, padEnd], i) => {
      return windowCount({ ...blocks[block]!.windows[i + 1]!, padBegin, padEnd }, length);
    }, columns);
  const runStrip = ({ stretch, pads }: Strip) =>
    pads.reduce(
      (length, [[padBegin, padEnd] = [0, 0], ...poolPads], block) =>
        pool(block, convolve(block, length, { stretch: null, padBegin, padEnd }), poolPads),
      stretch ? stretchLength(stretch, frames) : frames,
    );
  if (shape.strips) {
    const { level, strips } = shape.strips;
    lengths.set(
      level,
      strips.reduce((sum, strip) => sum + runStrip(strip), 0),
    );
  }
  for (const { block, self, poolPads } of shape.blocks) {
    const others = incoming.find(({ level }) => level === block)?.convolved ?? 0;
    const columns = self ? convolve(block, lengths.get(block) ?? 0, self) : others;
    lengths.set(block + 1, pool(block, columns, poolPads));
  }
  for (const { level, shape: part, strip } of shape.partials) {
    convolve(level, strip ? runStrip(strip) : (lengths.get(level) ?? 0), part);
  }
  return found;
}

function convolutionOf(window: SlidingWindow, whole: number, part: PartialShape) {
  const { padBegin, padEnd, stretch } = part;
  const length = stretch ? stretchLength(stretch, whole) : whole;
  const columns = windowCount({ ...window, padBegin, padEnd }, length);
  let taps = 0;
  for (let column = 0; column < columns; column++) {
    for (let tap = 0; tap < window.kernel; tap++) {
      const source = column * window.stride - padBegin + tap * window.dilation;
      if (source >= 0 && source < length) taps++;
    }
  }
  return { columns, taps };
}

function stretchLength({ start, end }: Stretch, whole: number): number {
  return (end > 0 ? end : whole + end) - (start >= 0 ? start : whole + start);
}

function multiplyAddsPerTap({ convolution }: TrunkBlock, { constants }: Trunk): number {
  const { operator, shape } = convolution;
  if (!operator) return shape.channels * shape.bands;
  const [outputs = 1, inputs = 1, bandTaps = 1] = dimsOf(constants.get(operator.node.input![1]!)!);
  return outputs * inputs * bandTaps * shape.bands;
}

function heldBytes(plan: TablePlan, share: Share): number {
  const { runs, blocks } = plan;
  const key = intervalKey(share.from);
  const from = runs.find(({ intervals }) => intervals.some((each) => intervalKey(each) === key));
  return from ? 2 ** from.bits * shareRowBytes(share, blocks) : 0;
}

/** Returns the bytes of sums over several narrower intervals, which exist beside their addends. */
function sumBytes({ blocks, components }: TablePlan, planned: PlannedRun): number {
  const { intervals, incoming, bits } = planned;
  const interval = intervals[0]!;
  if (interval.last - interval.first < 2) return 0;
  const narrower = {
    low: bits - components.audible[interval.last]!.length,
    high: bits - components.audible[interval.first]!.length,
  };
  const sums = new Map<string, number>();
  for (const share of incoming) {
    const bytes = 2 ** narrower[share.side] * shareRowBytes(share, blocks);
    sums.set(`${share.side}${share.level}`, bytes);
  }
  return [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
}
