import type { Tensor } from "../../runtime/runtime.ts";
import type { GraphSession, GraphSessions } from "../graph-sessions.ts";
import { CHAIN_NAMES, chainOnnx } from "./chain-graph.ts";
import type { ChainShape } from "./chain-shape.ts";
import type { CombinationPower } from "./combination-power.ts";
import type { SegmentInterval } from "./intervals.ts";
import type { Addend, ShareStore } from "./shares.ts";
import type { ShortSilence } from "./short-silence.ts";
import { type Patch, type PlannedRun, runBytes, type TablePlan } from "./table-plan.ts";
import type { Trunk } from "./trunk.ts";
import { columnCount } from "./windows.ts";

/** Charges the time since the last call to a phase. */
export type ChargeTime = (phase: "spectra" | "sessions" | "interior" | "boundary") => void;

export interface RunInput {
  plan: TablePlan;
  power: CombinationPower;
  sessions: GraphSessions;
  /** Identifies the model. */
  encoderVersion: string;
  shares: ShareStore;
  clock: ChargeTime;
  /** Called between runs with the finished fraction; throws to stop. */
  pause: (fraction: number) => Promise<void>;
}

/**
 * Computes the columns of one or several intervals for all combinations of their components.
 *
 * @returns the intervals with pooled columns
 */
export async function runIntervals(input: RunInput, planned: PlannedRun): Promise<PooledRows[]> {
  const { plan, shares } = input;
  const { trunk } = plan;
  const combinations = 2 ** planned.bits;
  const rows = planned.intervals.map((interval) => emptyRows(trunk, interval, combinations));
  const addends = shares.take(planned.intervals[0]!, planned.incoming);
  let done = 0;
  for (const patch of planned.patches) {
    await runPatch(input, planned, patch, addends, rows, (count) => {
      done += count;
      return input.pause(done / (combinations * planned.patches.length));
    });
  }
  return rows.filter(({ columns }) => columns > 0);
}

async function runPatch(
  input: RunInput,
  planned: PlannedRun,
  patch: Patch,
  addends: readonly Addend[],
  rows: readonly PooledRows[],
  finished: (combinations: number) => Promise<void>,
): Promise<void> {
  const { plan, power, sessions, shares, clock, encoderVersion } = input;
  const { trunk, blocks } = plan;
  const { shape, frames, batch } = patch;
  const isInterior = planned.intervals[0]!.first === planned.intervals[0]!.last;
  clock(isInterior ? "interior" : "boundary");
  const levels = frames ? power.of(patch.parts, frames) : null;
  clock("spectra");
  const open = (chain: ChainShape, bytes: number) =>
    sessions.open(
      `${encoderVersion} ${JSON.stringify(chain)}`,
      () => chainOnnx(trunk, blocks, chain),
      bytes,
    );
  const partials = patch.shares.map((share) => shares.allocate(share));
  const combinations = 2 ** planned.bits;
  const frameDims = frames ? [1, columnCount(frames), trunk.bands] : [];
  const pooled = patch.pooled.map(({ interval, columns }) => {
    const target = rows.find((each) => each.interval.first === interval.first)!;
    target.columns += columns;
    return { target, pieces: trunk.pieces.map(({ size }) => new Float32Array(batch * size)) };
  });
  const { silence } = patch;
  const bytes = runBytes(blocks, patch);
  if (silence) {
    const session = await open(silence.shape, bytes);
    clock("sessions");
    const targets = { pooled: pooled.map(({ target }) => target), shares: partials };
    await runSilence(trunk, session, silence, targets);
    await finished(batch);
    clock("interior");
  }
  const session = await open(shape, bytes);
  clock("sessions");
  for (let row = silence ? 1 : 0; row < combinations; row += batch) {
    const feeds: Record<string, Tensor> = {};
    if (levels) feeds[CHAIN_NAMES.power] = sliceRows(levels, frameDims, row, batch);
    for (const { block, side, rows: sums } of addends) {
      feeds[CHAIN_NAMES.addend(block, side)] = addendRows(plan, planned, side, sums, row, batch);
    }
    const results: Record<string, Tensor> = {};
    partials.forEach(({ data, dims }, i) => {
      results[CHAIN_NAMES.partial(i)] = sliceRows(data, dims.slice(1), row, batch);
    });
    pooled.forEach(({ pieces }, group) => {
      trunk.pieces.forEach(({ size }, i) => {
        results[CHAIN_NAMES.pooled(group, i)] = { data: pieces[i]!, dims: [batch, size] };
      });
    });
    await session.run(feeds, results);
    for (const { pieces, target } of pooled) {
      addPooled(trunk, target, pieces, { row, rows: batch, times: 1 });
    }
    await finished(batch);
  }
  clock(isInterior ? "interior" : "boundary");
}

/** Returns the addend's rows of combinations row to row + batch - 1; one row if they all share it. */
function addendRows(
  { components }: TablePlan,
  { intervals: [interval], bits }: PlannedRun,
  side: "low" | "high",
  { data, dims }: Tensor,
  row: number,
  batch: number,
): Tensor {
  const firstBits = components.audible[interval!.first]!.length;
  const lowBits = bits - components.audible[interval!.last]!.length;
  const [start, count] =
    side === "low"
      ? [row & (2 ** lowBits - 1), Math.min(batch, 2 ** lowBits)]
      : [row >> firstBits, firstBits === 0 ? batch : 1];
  return sliceRows(data, dims.slice(1), start, count);
}

function sliceRows(
  data: Float32Array,
  dims: readonly number[],
  start: number,
  count: number,
): Tensor {
  const size = dims.reduce((product, each) => product * each, 1);
  return { data: data.subarray(start * size, (start + count) * size), dims: [count, ...dims] };
}

/** Destinations of the silent combination, which is row 0 of each. */
export interface SilenceTargets {
  pooled: readonly PooledRows[];
  shares: readonly Tensor[];
}

/** Computes the silent combination from a short silent track. */
export async function runSilence(
  trunk: Trunk,
  session: GraphSession,
  { frames, shape, shares, pooled }: ShortSilence,
  targets: SilenceTargets,
): Promise<void> {
  const { bands, pieces } = trunk;
  const power = { data: new Float32Array(frames * bands), dims: [1, 1, frames, bands] };
  const results: Record<string, Tensor> = {};
  const partials = shape.partials.map((_, i) => {
    const [, ...dims] = targets.shares[shares.indexOf(i)]!.dims;
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    results[CHAIN_NAMES.partial(i)] = { data, dims: [1, ...dims] };
    return data;
  });
  const groups = shape.pooled.map((_, group) =>
    pieces.map(({ size }, i) => {
      const data = new Float32Array(size);
      results[CHAIN_NAMES.pooled(group, i)] = { data, dims: [1, size] };
      return data;
    }),
  );
  await session.run({ [CHAIN_NAMES.power]: power }, results);
  targets.shares.forEach(({ data }, i) => {
    data.set(partials[shares[i]!]!);
  });
  targets.pooled.forEach((target, i) => {
    pooled[i]!.forEach((count, group) => {
      if (count > 0) addPooled(trunk, target, groups[group]!, { row: 0, rows: 1, times: count });
    });
  });
}

/** Sums and maxima over one interval's columns: [combinations x channels] each. */
export interface PooledRows {
  interval: SegmentInterval;
  columns: number;
  sums: Float64Array;
  maxima: Float32Array;
}

/** Creates the rows of an interval before any of its columns is added. */
export function emptyRows(
  trunk: Trunk,
  interval: SegmentInterval,
  combinations: number,
): PooledRows {
  return {
    interval,
    columns: 0,
    sums: new Float64Array(combinations * trunk.meanChannels),
    maxima: new Float32Array(combinations * trunk.maxChannels).fill(-Infinity),
  };
}

/**
 * Adds columns of consecutive combinations.
 *
 * @param pooled sums or maxima over columns of each piece, [combinations, channels]
 * @param place first row, number of rows, and number of equal columns that they stand for
 */
export function addPooled(
  { pieces, meanChannels, maxChannels }: Trunk,
  { sums, maxima }: PooledRows,
  pooled: readonly Float32Array[],
  { row, rows, times }: { row: number; rows: number; times: number },
): void {
  let mean = 0;
  let max = 0;
  pieces.forEach(({ size, time }, piece) => {
    const values = pooled[piece]!;
    for (let item = 0; item < rows; item++) {
      for (let i = 0; i < size; i++) {
        const value = values[item * size + i]!;
        if (time === "mean") {
          sums[(row + item) * meanChannels + mean + i]! += times * value;
        } else {
          const at = (row + item) * maxChannels + max + i;
          if (!(value <= maxima[at]!)) maxima[at] = value;
        }
      }
    }
    if (time === "mean") mean += size;
    else max += size;
  });
}
