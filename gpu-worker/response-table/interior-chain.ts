import type { ConvolvedColumns } from "./batch.ts";
import type { Block } from "./blocks.ts";
import { type BlockShape, type ChainShape, stretchOf } from "./chain-shape.ts";
import type { Share } from "./interval-chain.ts";
import { intervalKey } from "./intervals.ts";
import { blockInputOf, type Levels } from "./levels.ts";
import { type Columns, columnCount, reachOf, type SlidingWindow } from "./time-window.ts";

/** A stretch of one segment's frames that is computed at once: many columns, few combinations. */
export interface InteriorPatch {
  frames: Columns;
  shape: ChainShape;
  /** Shares whose outputs the chain gives, in the order of `shape.partials`. */
  shares: Share[];
  /** What the convolutions of `shape.blocks` give. */
  convolved: ConvolvedColumns[];
  /** Columns of the last level that this patch pools. */
  pooled: number;
}

/**
 * Plans the columns that see one segment alone.
 *
 * @param shares that other intervals need of this one
 * @param maxFrames of a patch, where the segment is longer than that
 */
export function planInterior(
  blocks: readonly Block[],
  levels: Levels,
  segment: number,
  shares: readonly Share[],
  maxFrames: number,
): InteriorPatch[] {
  const key = intervalKey({ first: segment, last: segment });
  const frames = levels.levels[0]!.intervals.get(key);
  if (!frames) return [];
  const final = levels.levels[blocks.length]!.intervals.get(key) ?? null;
  const columns = final ? columnCount(final) : 0;
  const wanted = Math.min(Math.ceil(columnCount(frames) / maxFrames), columns);
  for (let count = wanted; count > 1; count--) {
    const patches = cut(blocks, levels, frames, final!, count).map(({ input, pooled }, index) => {
      const own = shares.filter((share) => {
        const run = levels.levels[share.level]!.intervals.get(key)!;
        const isLate = share.columns.start - run.start > run.end - share.columns.end;
        return index === (isLate ? count - 1 : 0);
      });
      return planPatch(blocks, levels, key, input, pooled, own);
    });
    if (patches.every((patch) => patch !== null)) return patches;
  }
  const whole = planPatch(blocks, levels, key, frames, final, shares);
  if (!whole) throw new RangeError(`segment ${segment} lacks columns that its neighbours need`);
  return [whole];
}

/** Splits the final columns evenly; inner patches start and end where those first and last look. */
function cut(
  blocks: readonly Block[],
  levels: Levels,
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

/**
 * Follows a patch forwards. Its columns keep the places that they have in the whole track: where a
 * stride would start off the grid, the patch is padded to the grid, and the first column behind that
 * is not used (its true value belongs to a wider interval).
 *
 * @returns null where columns that are needed are not among the patch's valid ones
 */
function planPatch(
  blocks: readonly Block[],
  { levels, lengths }: Levels,
  key: string,
  frames: Columns,
  pooled: Columns | null,
  shares: readonly Share[],
): InteriorPatch | null {
  const partials: ChainShape["partials"][number][] = [];
  const shapes: BlockShape[] = [];
  let patch: Columns = frames;
  let valid: Columns = frames;
  const ordered: Share[] = [];
  const convolved: ConvolvedColumns[] = [];
  for (let level = 0; level <= blocks.length; level++) {
    for (const share of shares.filter((each) => each.level === level)) {
      const { columns, padBegin, padEnd } = share;
      if (!holds(valid, columns)) return null;
      partials.push({ level, shape: { stretch: stretchOf(columns, patch), padBegin, padEnd } });
      ordered.push(share);
    }
    if (level === blocks.length || !levels[level + 1]!.intervals.has(key)) break;
    const pads: [number, number][] = [];
    blocks[level]!.windows.forEach((window, i) => {
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
  if (pooled && !holds(valid, pooled)) return null;
  const stretch = pooled ? stretchOf(pooled, patch) : null;
  const shape: ChainShape = {
    fromPower: true,
    blocks: shapes,
    partials,
    pooled: pooled ? { stretch } : null,
    sizes: null,
  };
  const count = pooled ? columnCount(pooled) : 0;
  return { frames, shape, shares: ordered, convolved, pooled: count };
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
