import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { blocksOf, foldBatchNormalization, type TrunkBlock } from "./blocks.ts";
import {
  type ChainShape,
  type ChainSizes,
  type ConvolvedColumns,
  stretchOf,
} from "./chain-shape.ts";
import type { GatedSources, IntervalFrames } from "./combination-power.ts";
import { planInterior } from "./interior-chain.ts";
import { planIntervalChain, type Share } from "./interval-chain.ts";
import {
  bitsOf,
  type Components,
  intervalKey,
  type SegmentInterval,
  segmentsSeenByFrames,
} from "./intervals.ts";
import { type Levels, levelsOf } from "./levels.ts";
import { type ShortSilence, shortSilenceOf } from "./short-silence.ts";
import type { Trunk } from "./trunk.ts";
import { type Columns, columnCount } from "./windows.ts";

/** Columns that one chain computes. */
export interface Patch {
  /** Frames of the spectrogram; null if the chain starts at a later level. */
  frames: Columns | null;
  /** The segments that the frames see. */
  parts: readonly IntervalFrames[];
  shape: ChainShape;
  /** The shares that `shape.partials` compute. */
  shares: readonly Share[];
  /** Columns of the last level that are pooled, in the order of `shape.pooled`. */
  pooled: readonly { interval: SegmentInterval; columns: number }[];
  /** Outputs of the convolutions of `shape.blocks`. */
  convolved: readonly ConvolvedColumns[];
  /** Combinations of one run. */
  batch: number;
  /** How the silent combination is computed; null if like the others. */
  silence: ShortSilence | null;
}

/**
 * All columns that see exactly these segments, for all combinations of their components. Either one
 * interval of two or more segments, or adjacent single segments with equal numbers of audible
 * components, whose combination c is computed at once.
 */
export interface PlannedRun {
  intervals: readonly SegmentInterval[];
  /** Audible components of each interval: 2^bits combinations. */
  bits: number;
  patches: readonly Patch[];
  /** Contributions of narrower intervals. */
  incoming: readonly Share[];
}

/** The computation of a track's response table. */
export interface TablePlan {
  trunk: Trunk;
  blocks: readonly TrunkBlock[];
  levels: Levels;
  components: Components;
  /** Ordered so that each run's shares exist before it, and are needed soon after. */
  runs: readonly PlannedRun[];
  /** Columns of the last level, in the whole track. */
  columns: number;
}

/** Limits of tensor sizes, for one combination. */
export interface TensorLimits {
  /** A patch with a larger tensor is cut. */
  maxTensorBytes: number;
  /** Much larger tensors are computed in strips of this size; Infinity disables strips. */
  maxStripBytes: number;
}

/** Minimum frames of a patch. */
const MIN_PATCH_FRAMES = 16;

/**
 * Plans a table.
 *
 * @returns null if the track is too short for the model, or equal columns are not adjacent
 */
export function planTable(
  original: Trunk,
  { sources, bounds, components }: GatedSources,
  frontEnd: FrontEnd,
  limits: TensorLimits,
): TablePlan | null {
  const trunk = foldBatchNormalization(original);
  const blocks = blocksOf(trunk);
  const seen = segmentsSeenByFrames(sources[0]!.length, bounds, frontEnd);
  const levels = levelsOf(blocks, seen);
  if (!levels) return null;
  const last = levels.levels.at(-1)!;
  if (last.length === 0) return null;

  const wide = wideIntervals(levels).map((each) => planIntervalChain(blocks, levels, each));
  const maxFrames = longestPatch(blocks, levels, limits.maxTensorBytes);
  const planned: PlannedRun[] = [];
  const needed: Share[] = [];
  // From the widest to the narrowest, because wider intervals decide the shares that narrower ones compute.
  for (const { interval, frames, blocks: shapes, convolved, shares } of wide.reverse()) {
    const key = intervalKey(interval);
    const outgoing = needed.filter(({ from }) => intervalKey(from) === key);
    const final = last.intervals.get(key);
    if (!final && outgoing.length === 0) continue;
    needed.push(...shares);
    const frameCount = frames ? columnCount(frames) : 0;
    const sizes = sizesOf(blocks, components, interval, convolved, frameCount);
    const shape: ChainShape = {
      timeAxis: 2,
      fromPower: frames !== null,
      strips: null,
      blocks: shapes,
      partials: outgoing.map(({ level, columns: part, padBegin, padEnd }) => {
        const stretch = stretchOf(part, levels.levels[level]!.intervals.get(key)!);
        return { level, shape: { stretch, padBegin, padEnd }, strip: null };
      }),
      pooled: final ? [{ stretch: null }] : [],
      sizes,
    };
    const pooled = final ? [{ interval, columns: columnCount(final) }] : [];
    const parts = frames ? [{ ...interval, ...frames }] : [];
    const { batch } = sizes;
    const patches = [
      { frames, parts, shape, shares: outgoing, pooled, convolved, batch, silence: null },
    ];
    planned.push({
      intervals: [interval],
      bits: bitsOf(components, interval),
      patches,
      incoming: shares,
    });
  }
  for (const segments of alikeSegments(levels, components)) {
    const intervals = segments.map((segment) => ({ first: segment, last: segment }));
    const bits = bitsOf(components, intervals[0]!);
    const shares = needed.filter(
      ({ from }) => from.first === from.last && segments.includes(from.first),
    );
    const { maxStripBytes } = limits;
    const interior = { blocks, levels, segments, shares, maxStripBytes, runs: 2 ** bits };
    const patches = planInterior(interior, maxFrames)
      .filter((patch) => patch.pooled.length > 0 || patch.shares.length > 0)
      .map((patch) => {
        const pooled = patch.pooled.map(({ segment, columns }) => {
          return { interval: { first: segment, last: segment }, columns };
        });
        const batch = batchOf(blocks, patch.convolved, bits);
        const isWhole = columnCount(patch.frames) === levels.levels[0]!.length;
        const silence =
          isWhole && batch === 1 && bits > 0 ? shortSilenceOf(blocks, levels, patch) : null;
        return { ...patch, pooled, batch, silence };
      });
    if (patches.length > 0) planned.push({ intervals, bits, patches, incoming: [] });
  }
  planned.sort((a, b) => turnOf(a) - turnOf(b) || widthOf(a) - widthOf(b));
  return { trunk, blocks, levels, components, runs: planned, columns: last.length };
}

/** Orders single segments before intervals that span them and an earlier segment. */
function turnOf({ intervals }: PlannedRun): number {
  return intervals[0]!.last;
}

function widthOf({ intervals: [interval] }: PlannedRun): number {
  return interval!.last - interval!.first;
}

/** Groups adjacent segments with frames of their own and equal numbers of audible components. */
function alikeSegments({ levels }: Levels, components: Components): number[][] {
  const groups: number[][] = [];
  let before: number | null = null;
  for (let segment = 0; segment < components.segments; segment++) {
    const hasFrames = levels[0]!.intervals.has(intervalKey({ first: segment, last: segment }));
    const bits = hasFrames ? components.audible[segment]!.length : null;
    if (bits !== null && bits === before) groups.at(-1)!.push(segment);
    else if (bits !== null) groups.push([segment]);
    before = bits;
  }
  return groups;
}

/** Returns the intervals of two or more segments, narrowest first. */
function wideIntervals({ levels }: Levels): SegmentInterval[] {
  const found = new Map<string, SegmentInterval>();
  for (const { intervals } of levels) {
    for (const [key, { first, last }] of intervals) {
      if (last > first) found.set(key, { first, last });
    }
  }
  return [...found.values()].sort((a, b) => a.last - a.first - (b.last - b.first));
}

function longestPatch(
  blocks: readonly TrunkBlock[],
  { levels, lengths }: Levels,
  maxTensorBytes: number,
): number {
  const frames = levels[0]!.length;
  const bytesPerFrame = blocks.map(({ convolution: { shape } }, index) => {
    return (4 * shape.channels * shape.bands * lengths[index]![1]!) / frames;
  });
  return Math.max(MIN_PATCH_FRAMES, Math.floor(maxTensorBytes / Math.max(...bytesPerFrame)));
}

/** Largest tensor of a run in bytes, about a second-level cache. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Returns the combinations of one run: a power of two, small enough that a tensor stays in cache. */
export function batchOf(
  blocks: readonly TrunkBlock[],
  convolved: readonly ConvolvedColumns[],
  bits: number,
): number {
  const fitting = Math.max(1, BATCH_BYTES / tensorBytes(blocks, convolved));
  return 2 ** Math.min(bits, Math.floor(Math.log2(fitting)));
}

/** Estimates the bytes of a run: a tensor, the next one, and a copy in another layout. */
export function runBytes(
  blocks: readonly TrunkBlock[],
  { batch, convolved }: { batch: number; convolved: readonly ConvolvedColumns[] },
): number {
  return 3 * batch * tensorBytes(blocks, convolved);
}

/** Returns the bytes of one combination in the largest tensor. */
function tensorBytes(
  blocks: readonly TrunkBlock[],
  convolved: readonly ConvolvedColumns[],
): number {
  const bytes = convolved.map(({ block, columns }) => {
    const { channels, bands } = blocks[block]!.convolution.shape;
    return 4 * channels * bands * columns;
  });
  return Math.max(1, ...bytes);
}

/**
 * Returns the sizes of an interval of two or more segments. Consecutive combinations differ in the bits
 * of the first segment, so the rows of one side's sums are consecutive while the other side's row stays
 * the same.
 */
export function sizesOf(
  blocks: readonly TrunkBlock[],
  components: Components,
  { first, last }: SegmentInterval,
  convolved: readonly ConvolvedColumns[],
  frames: number,
): ChainSizes {
  const firstBits = components.audible[first]!.length;
  const lowBits = bitsOf(components, { first, last: last - 1 });
  const all = bitsOf(components, { first, last });
  const batch = batchOf(blocks, convolved, firstBits || lowBits || all);
  const columns = convolved.map((each) => each.columns);
  const low = Math.min(batch, 2 ** lowBits);
  return { batch, low, high: firstBits === 0 ? batch : 1, frames, columns };
}
