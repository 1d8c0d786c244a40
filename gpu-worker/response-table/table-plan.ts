import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { batchOf, type ConvolvedColumns, sizesOf } from "./batch.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { type ChainShape, stretchOf } from "./chain-shape.ts";
import type { GatedSources } from "./combination-power.ts";
import { bitsOf, type Components, type Interval } from "./combinations.ts";
import { foldBatchNormalization } from "./fold-batch-normalization.ts";
import { planInterior } from "./interior-chain.ts";
import { planIntervalChain, type Share } from "./interval-chain.ts";
import { intervalKey, segmentsSeenByFrames } from "./intervals.ts";
import { type Levels, levelsOf } from "./levels.ts";
import { type Columns, columnCount } from "./time-window.ts";
import type { Trunk } from "./trunk.ts";

/** Columns of one interval that are computed at once. */
export interface Patch {
  /** Of the spectrogram; null where the chain starts later. */
  frames: Columns | null;
  shape: ChainShape;
  /** What `shape.partials` are for. */
  shares: readonly Share[];
  /** Columns of the last level that are pooled. */
  pooled: number;
  /** What the convolutions of `shape.blocks` give. */
  convolved: readonly ConvolvedColumns[];
  /** Combinations of one run. */
  batch: number;
}

/** All columns that see exactly these segments, for all combinations of them. */
export interface PlannedInterval {
  interval: Interval;
  /** Audible components: 2^bits combinations. */
  bits: number;
  patches: readonly Patch[];
  /** What narrower intervals contribute. */
  incoming: readonly Share[];
}

/** How a track's response table is computed. */
export interface TablePlan {
  trunk: Trunk;
  blocks: readonly Block[];
  levels: Levels;
  components: Components;
  /** In an order in which each finds what it needs, and what it leaves is needed soon. */
  intervals: readonly PlannedInterval[];
  /** Columns of the last level, in the whole track. */
  columns: number;
}

/** A patch that is longer than this in one tensor is cut. */
export const DEFAULT_MAX_TENSOR_BYTES = 64 * 1024 * 1024;

/** The fewest frames that a patch is cut to. */
const MIN_PATCH_FRAMES = 16;

/**
 * Plans a table.
 *
 * @param maxTensorBytes of one combination's columns that are computed at once
 * @returns null where the track is too short for the model, or its columns do not lie in order
 */
export function planTable(
  original: Trunk,
  { sources, bounds, components }: GatedSources,
  frontEnd: FrontEnd,
  maxTensorBytes: number,
): TablePlan | null {
  const trunk = foldBatchNormalization(original);
  const blocks = blocksOf(trunk);
  const seen = segmentsSeenByFrames(sources[0]!.length, bounds, frontEnd);
  const levels = levelsOf(blocks, seen);
  if (!levels) return null;
  const last = levels.levels.at(-1)!;
  if (last.length === 0) return null;

  const wide = wideIntervals(levels).map((each) => planIntervalChain(blocks, levels, each));
  const maxFrames = longestPatch(blocks, levels, maxTensorBytes);
  const planned: PlannedInterval[] = [];
  const needed: Share[] = [];
  // From the widest to the narrowest, so that what each leaves to others is known.
  for (const { interval, blocks: shapes, convolved, shares } of wide.reverse()) {
    const key = intervalKey(interval);
    const outgoing = needed.filter(({ from }) => intervalKey(from) === key);
    const final = last.intervals.get(key);
    if (!final && outgoing.length === 0) continue;
    needed.push(...shares);
    const start = levels.levels[0]!.intervals.get(key) ?? null;
    const frames = start ? columnCount(start) : 0;
    const sizes = sizesOf(blocks, components, interval, convolved, frames);
    const shape: ChainShape = {
      fromPower: start !== null,
      blocks: shapes,
      partials: outgoing.map(({ level, columns: part, padBegin, padEnd }) => {
        const stretch = stretchOf(part, levels.levels[level]!.intervals.get(key)!);
        return { level, shape: { stretch, padBegin, padEnd } };
      }),
      pooled: final ? { stretch: null } : null,
      sizes,
    };
    const pooled = final ? columnCount(final) : 0;
    const { batch } = sizes;
    const patches = [{ frames: start, shape, shares: outgoing, pooled, convolved, batch }];
    planned.push({ interval, bits: bitsOf(components, interval), patches, incoming: shares });
  }
  for (let segment = 0; segment < components.segments; segment++) {
    const interval = { first: segment, last: segment };
    const outgoing = needed.filter(({ from }) => intervalKey(from) === intervalKey(interval));
    const bits = bitsOf(components, interval);
    const useful = planInterior(blocks, levels, segment, outgoing, maxFrames)
      .filter(({ pooled, shares }) => pooled > 0 || shares.length > 0)
      .map((patch) => ({ ...patch, batch: batchOf(blocks, patch.convolved, bits) }));
    if (useful.length > 0) planned.push({ interval, bits, patches: useful, incoming: [] });
  }
  planned.sort((a, b) => a.interval.last - b.interval.last || width(a) - width(b));
  return { trunk, blocks, levels, components, intervals: planned, columns: last.length };
}

function width({ interval }: PlannedInterval): number {
  return interval.last - interval.first;
}

/** Intervals of two or more segments, the narrower ones first. */
function wideIntervals({ levels }: Levels): Interval[] {
  const found = new Map<string, Interval>();
  for (const { intervals } of levels) {
    for (const [key, { first, last }] of intervals) {
      if (last > first) found.set(key, { first, last });
    }
  }
  return [...found.values()].sort((a, b) => a.last - a.first - (b.last - b.first));
}

function longestPatch(
  blocks: readonly Block[],
  { levels, lengths }: Levels,
  maxTensorBytes: number,
): number {
  const frames = levels[0]!.length;
  const bytesPerFrame = blocks.map(({ convolution: { shape } }, index) => {
    return (4 * shape.channels * shape.bands * lengths[index]![1]!) / frames;
  });
  return Math.max(MIN_PATCH_FRAMES, Math.floor(maxTensorBytes / Math.max(...bytesPerFrame)));
}
