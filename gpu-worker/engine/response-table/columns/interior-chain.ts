import type { TrunkBlock } from "./blocks.ts";
import {
  type BlockShape,
  type ChainShape,
  type ConvolvedColumns,
  type PartialOutput,
  stretchOf,
} from "./chain-shape.ts";
import type { IntervalFrames } from "./combination-power.ts";
import type { Share } from "./interval-chain.ts";
import { intervalKey } from "./intervals.ts";
import { blockInputOf, type Levels } from "./levels.ts";
import { stripOf, stripsOf } from "./strips.ts";
import { type Columns, columnCount, intersection, reachOf, type SlidingWindow } from "./windows.ts";

/** A range of frames that is computed at once: many columns, few combinations. */
export interface InteriorPatch {
  frames: Columns;
  /** Frames that see one segment alone. Frames between them are not used. */
  parts: IntervalFrames[];
  shape: ChainShape;
  /** Shares that the chain outputs, in the order of `shape.partials`. */
  shares: Share[];
  /** Outputs of the convolutions of `shape.blocks`. */
  convolved: ConvolvedColumns[];
  /** Columns of the last level that this patch pools, in the order of `shape.pooled`. */
  pooled: { segment: number; columns: number }[];
}

interface InteriorInput {
  blocks: readonly TrunkBlock[];
  levels: Levels;
  /** Adjacent segments, each with frames that see no other. */
  segments: readonly number[];
  /** Shares that other intervals need from these segments. */
  shares: readonly Share[];
  /** Largest tensor of a strip, in bytes. */
  maxStripBytes: number;
  /** Runs of each chain. */
  runs: number;
}

/**
 * Plans the columns that see one segment alone, for several segments at once. One chain runs over all
 * their frames; its columns that see two segments are ignored.
 *
 * @param maxFrames of a patch; longer segments are cut
 */
export function planInterior(input: InteriorInput, maxFrames: number): InteriorPatch[] {
  const runs = runsOf(input, 0);
  const frames = { start: runs[0]!.start, end: runs.at(-1)!.end };
  const finals = runsOf(input, input.blocks.length);
  if (finals.length > 0) {
    const final = { start: finals[0]!.start, end: finals.at(-1)!.end };
    const most = Math.min(Math.ceil(columnCount(frames) / maxFrames), columnCount(final));
    for (let count = most; count > 1; count--) {
      const patches = planPatches(input, cut(input, frames, final, count));
      if (patches) return patches;
    }
  }
  const whole = planPatches(input, [{ input: frames, pooled: { start: 0, end: Infinity } }]);
  if (!whole) {
    throw new RangeError(`segments ${input.segments} lack columns that their neighbours need`);
  }
  return whole;
}

/** Returns the columns of a level that see one of the segments alone. */
function runsOf({ levels, segments }: InteriorInput, level: number): IntervalFrames[] {
  return segments.flatMap((segment) => {
    const run = levels.levels[level]!.intervals.get(keyOf(segment));
    return run ? [run] : [];
  });
}

function keyOf(segment: number): string {
  return intervalKey({ first: segment, last: segment });
}

/** Splits the final columns evenly, and finds the frames that each part needs. */
function cut(
  { blocks, levels }: InteriorInput,
  frames: Columns,
  final: Columns,
  count: number,
): { input: Columns; pooled: Columns }[] {
  const total = columnCount(final);
  return Array.from({ length: count }, (_, i) => {
    const pooled = {
      start: final.start + Math.floor((i * total) / count),
      end: final.start + Math.floor(((i + 1) * total) / count),
    };
    let needed: Columns = pooled;
    for (let index = blocks.length - 1; index >= 0; index--) {
      needed = blockInputOf(blocks[index]!, needed, levels.lengths[index]!).input.columns;
    }
    const start = i === 0 ? frames.start : needed.start;
    return { input: { start, end: i === count - 1 ? frames.end : needed.end }, pooled };
  });
}

/** @returns null if columns that are needed are valid in no patch */
function planPatches(
  input: InteriorInput,
  cuts: readonly { input: Columns; pooled: Columns }[],
): InteriorPatch[] | null {
  const left = new Set(input.shares);
  const patches: InteriorPatch[] = [];
  for (const { input: frames, pooled } of cuts) {
    const patch = planPatch(input, frames, pooled, left);
    if (!patch) return null;
    for (const share of patch.shares) left.delete(share);
    patches.push(patch);
  }
  return left.size === 0 ? patches : null;
}

/**
 * Follows a patch through the blocks. Its columns keep their positions in the whole track: if a stride
 * would start off the grid, the patch is padded to the grid, and the first column after that is not
 * used (its true value belongs to a wider interval).
 *
 * @param within columns of the last level that the patch may pool
 * @param shares candidates; the patch outputs those whose columns are valid in it
 * @returns null if columns to be pooled are not valid in the patch
 */
function planPatch(
  input: InteriorInput,
  frames: Columns,
  within: Columns,
  shares: ReadonlySet<Share>,
): InteriorPatch | null {
  const { blocks } = input;
  const { lengths } = input.levels;
  const partials: PartialOutput[] = [];
  const shapes: BlockShape[] = [];
  let patch: Columns = frames;
  let valid: Columns = frames;
  const outgoing: Share[] = [];
  const convolved: ConvolvedColumns[] = [];
  const entered: Columns[][] = [];
  for (let level = 0; level <= blocks.length; level++) {
    for (const share of shares) {
      const { columns, padBegin, padEnd } = share;
      if (share.level !== level || !holds(valid, columns)) continue;
      const part = { stretch: stretchOf(columns, patch), padBegin, padEnd };
      partials.push({ level, shape: part, strip: null });
      outgoing.push(share);
    }
    if (level === blocks.length || runsOf(input, level + 1).length === 0) break;
    const pads: [number, number][] = [];
    const ofBlock: Columns[] = [];
    entered.push(ofBlock);
    blocks[level]!.windows.forEach((window, i) => {
      ofBlock.push(patch);
      const step = forward(window, patch, valid, lengths[level]![i]!, lengths[level]![i + 1]!);
      pads.push(step.pads);
      ({ patch, valid } = step);
      if (i === 0) convolved.push({ block: level, columns: columnCount(patch) });
    });
    if (columnCount(patch) === 0) return null;
    const [[padBegin, padEnd], ...poolPads] = pads as [[number, number], ...[number, number][]];
    const self = { stretch: null, padBegin, padEnd };
    shapes.push({ block: level, self, addends: [], poolPads });
  }
  const finals = runsOf(input, blocks.length).map((run) => ({
    segment: run.first,
    ...intersection(run, within),
  }));
  const pooled = finals.filter((columns) => columnCount(columns) > 0);
  if (!pooled.every((columns) => holds(valid, columns))) return null;
  const strips = stripsOf(blocks, { entered, convolved }, input.maxStripBytes, input.runs);
  const firstWhole = strips?.level ?? 0;
  const shape: ChainShape = {
    timeAxis: partials.length === 0 ? 3 : 2,
    fromPower: true,
    strips,
    blocks: shapes.slice(firstWhole),
    partials: partials.map((partial, i) => {
      const { level, shape: part } = partial;
      if (level === 0 || level >= firstWhole) return partial;
      const strip = stripOf(blocks, entered, level, outgoing[i]!.columns);
      return { level, shape: { ...part, stretch: null }, strip };
    }),
    pooled: pooled.map((columns) => ({ stretch: stretchOf(columns, patch) })),
    sizes: null,
  };
  const parts = runsOf(input, 0)
    .map((run) => ({ ...run, ...intersection(run, frames) }))
    .filter((part) => columnCount(part) > 0);
  const counts = pooled.map(({ segment, ...columns }) => {
    return { segment, columns: columnCount(columns) };
  });
  return { frames, parts, shape, shares: outgoing, convolved, pooled: counts };
}

function forward(
  window: SlidingWindow,
  patch: Columns,
  valid: Columns,
  length: number,
  outputLength: number,
): { pads: [number, number]; patch: Columns; valid: Columns } {
  const { stride, padBegin } = window;
  const atBegin = patch.start === 0;
  const atEnd = patch.end === length;
  const offGrid = (patch.start + padBegin) % stride;
  const pad = atBegin ? padBegin : offGrid;
  const reach = reachOf(window);
  const start = atBegin ? 0 : (patch.start + padBegin - offGrid) / stride;
  const inside = Math.floor((patch.end + padBegin - reach) / stride) + 1;
  const end = atEnd ? outputLength : Math.max(start, inside);
  const overhang = (outputLength - 1) * stride - padBegin + reach - length;
  const firstValid = Math.ceil((valid.start + padBegin) / stride);
  const lastValid = Math.floor((valid.end + padBegin - reach) / stride) + 1;
  return {
    pads: [pad, atEnd ? Math.max(0, overhang) : 0],
    patch: { start, end },
    valid: {
      start: atBegin && valid.start === 0 ? 0 : firstValid,
      end: atEnd && valid.end === length ? outputLength : lastValid,
    },
  };
}

function holds(outer: Columns, inner: Columns): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
