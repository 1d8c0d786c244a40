import type { TrunkBlock } from "./blocks.ts";
import { type BlockShape, type ChainShape, type PartialOutput, stretchOf } from "./chain-shape.ts";
import type { InteriorPatch } from "./interior-chain.ts";
import { intervalKey } from "./intervals.ts";
import type { Levels } from "./levels.ts";
import {
  afterWindow,
  type Columns,
  inputOf,
  ONE_FRAME,
  type ReceptiveField,
  windowCount,
} from "./windows.ts";

/**
 * The combination without components of a whole track. Over silence all columns are equal except those
 * that see an end of the track, so a short silent track has every distinct column of a long one.
 */
export interface ShortSilence {
  /** Length of the short track. */
  frames: number;
  shape: ChainShape;
  /** For each share of the patch, its index in `shape.partials`. */
  shares: readonly number[];
  /** For each group that the patch pools, how often it contains each group of `shape.pooled`. */
  pooled: readonly (readonly number[])[];
}

/**
 * Plans the silent combination of a patch.
 *
 * @param patch of the whole track
 * @returns null if it saves less than half, or a share or a group needs columns that see an end
 */
export function shortSilenceOf(
  blocks: readonly TrunkBlock[],
  { levels, lengths }: Levels,
  { frames: { end: track }, shares, pooled }: Pick<InteriorPatch, "frames" | "shares" | "pooled">,
): ShortSilence | null {
  const fields = [ONE_FRAME];
  for (const { windows } of blocks) fields.push(windows.reduce(afterWindow, fields.at(-1)!));
  const last = fields.at(-1)!;
  const needed = [
    { field: last, columns: 1 },
    ...shares.map(({ level, columns: { start, end } }) => {
      return { field: fields[level]!, columns: end - start };
    }),
  ];
  let frames = track % last.stride;
  while (needed.some(({ field, columns }) => countOf(alike(field, frames)) < columns)) {
    frames += last.stride;
    if (2 * frames > track) return null;
  }
  const seesNoEnd = shares.every(({ level, columns: { start, end } }) => {
    const middle = alike(fields[level]!, track);
    return start >= middle.start && end <= middle.end;
  });
  if (!seesNoEnd) return null;

  const { shapes, length } = wholeTrack(blocks, frames);
  const middle = alike(last, frames);
  const groups = [
    { start: 0, end: middle.start },
    { start: middle.start, end: middle.start + 1 },
    { start: middle.end, end: length },
  ].filter(({ start, end }) => end > start);
  const counts: number[][] = [];
  for (const { segment } of pooled) {
    const run = levels.at(-1)!.intervals.get(intervalKey({ first: segment, last: segment }))!;
    const found = countsOf(run, alike(last, track), lengths.at(-1)!.at(-1)!);
    if (!found) return null;
    counts.push(found);
  }
  const partials: PartialOutput[] = [];
  const places = shares.map(({ level, columns, padBegin, padEnd }) => {
    const { start } = alike(fields[level]!, frames);
    const stretch = { start, end: start + columns.end - columns.start };
    const partial = { level, shape: { stretch, padBegin, padEnd }, strip: null };
    const written = JSON.stringify(partial);
    const index = partials.findIndex((each) => JSON.stringify(each) === written);
    return index < 0 ? partials.push(partial) - 1 : index;
  });
  const shape: ChainShape = {
    timeAxis: 2,
    fromPower: true,
    strips: null,
    blocks: shapes,
    partials,
    pooled: groups.map((group) => ({ stretch: stretchOf(group, { start: 0, end: length }) })),
    sizes: null,
  };
  return { frames, shape, shares: places, pooled: counts };
}

/** Returns the columns that see no end of a track of that many frames. */
function alike({ stride, halo, frames: seen }: ReceptiveField, frames: number): Columns {
  return {
    start: Math.ceil(halo / stride),
    end: Math.floor((frames - seen + halo) / stride) + 1,
  };
}

function countOf({ start, end }: Columns): number {
  return end - start;
}

/** Counts how often a run contains the groups of columns that see the beginning, no end, and the end. */
function countsOf(run: Columns, middle: Columns, length: number): number[] | null {
  const start = Math.max(run.start, middle.start);
  const end = Math.min(run.end, middle.end);
  const seesBegin = run.start < middle.start;
  const seesEnd = run.end > middle.end;
  if (start > end || (seesBegin && run.start > 0) || (seesEnd && run.end < length)) return null;
  return [
    ...(middle.start > 0 ? [seesBegin ? 1 : 0] : []),
    end - start,
    ...(middle.end < length ? [seesEnd ? 1 : 0] : []),
  ];
}

/** Returns the shape of every block on all columns of a track. */
function wholeTrack(
  blocks: readonly TrunkBlock[],
  frames: number,
): { shapes: BlockShape[]; length: number } {
  let length = frames;
  const shapes = blocks.map(({ windows }, block): BlockShape => {
    const pads = windows.map((window): [number, number] => {
      const count = windowCount(window, length);
      const { padBegin, padEnd } = inputOf(window, { start: 0, end: count }, length);
      length = count;
      return [padBegin, padEnd];
    });
    const [[padBegin, padEnd], ...poolPads] = pads as [[number, number], ...[number, number][]];
    return { block, self: { stretch: null, padBegin, padEnd }, addends: [], poolPads };
  });
  return { shapes, length };
}
