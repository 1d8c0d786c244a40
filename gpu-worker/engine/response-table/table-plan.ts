import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { batchOf, type ConvolvedColumns, sizesOf } from "./batch.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { type ChainShape, stretchOf } from "./chain-shape.ts";
import type { GatedSources, IntervalFrames } from "./combination-power.ts";
import { bitsOf, type Components, type Interval } from "./combinations.ts";
import { foldBatchNormalization } from "./fold-batch-normalization.ts";
import { planInterior } from "./interior-chain.ts";
import { planIntervalChain, type Share } from "./interval-chain.ts";
import { intervalKey, segmentsSeenByFrames } from "./intervals.ts";
import { type Levels, levelsOf } from "./levels.ts";
import { type ShortSilence, shortSilenceOf } from "./silence.ts";
import { type Columns, columnCount } from "./time-window.ts";
import type { Trunk } from "./trunk.ts";

/** Columns that are computed at once. */
export interface Patch {
  /** Of the spectrogram; null where the chain starts later. */
  frames: Columns | null;
  /** Which of them see which segments. */
  parts: readonly IntervalFrames[];
  shape: ChainShape;
  /** What `shape.partials` are for. */
  shares: readonly Share[];
  /** Columns of the last level that are pooled, in the order of `shape.pooled`. */
  pooled: readonly { interval: Interval; columns: number }[];
  /** What the convolutions of `shape.blocks` give. */
  convolved: readonly ConvolvedColumns[];
  /** Combinations of one run. */
  batch: number;
  /** How the combination of none is computed; null where it is like the others. */
  silence: ShortSilence | null;
}

/**
 * All columns that see exactly these segments, for all combinations of them: one interval of two or
 * more segments, or single segments side by side that have as many audible components each, of which
 * combination c is computed at once.
 */
export interface PlannedRun {
  intervals: readonly Interval[];
  /** Audible components of each: 2^bits combinations. */
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
  runs: readonly PlannedRun[];
  /** Columns of the last level, in the whole track. */
  columns: number;
}

/** How large tensors may become, of one combination. */
export interface TensorLimits {
  /** A patch that is longer than this in one tensor is cut. */
  maxTensorBytes: number;
  /** Much larger tensors are computed in strips of this size; Infinity for never. */
  maxStripBytes: number;
}

/** The fewest frames that a patch is cut to. */
const MIN_PATCH_FRAMES = 16;

/**
 * Plans a table.
 *
 * @returns null where the track is too short for the model, or its columns do not lie in order
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
  // From the widest to the narrowest, so that what each leaves to others is known.
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

/** Single segments come before what spans the first of them and an earlier one. */
function turnOf({ intervals }: PlannedRun): number {
  return intervals[0]!.last;
}

function widthOf({ intervals: [interval] }: PlannedRun): number {
  return interval!.last - interval!.first;
}

/** Segments side by side that have frames of their own, and as many audible components each. */
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
