import { runBytes } from "./batch.ts";
import { CHAIN_NAMES, chainOnnx } from "./chain-graph.ts";
import type { ChainSessions, Floats } from "./chain-sessions.ts";
import type { CombinationPower } from "./combination-power.ts";
import type { Addend, ShareStore } from "./shares.ts";
import type { Patch, PlannedInterval, TablePlan } from "./table-plan.ts";
import { columnCount } from "./time-window.ts";

/** Sums and maxima of one interval's columns: [combinations x channels] each. */
export interface PooledRows {
  sums: Float64Array;
  maxima: Float32Array;
}

/** Seconds spent, by what on. */
export type Clock = (phase: "spectra" | "sessions" | "interior" | "boundary") => void;

export interface RunInput {
  plan: TablePlan;
  power: CombinationPower;
  sessions: ChainSessions;
  /** Tells models apart. */
  encoderVersion: string;
  shares: ShareStore;
  /** Charges the time since the last call to a phase. */
  clock: Clock;
  /** Called between runs with the combinations done; may throw to stop. */
  pause: (fraction: number) => Promise<void>;
}

/**
 * Computes an interval's columns for all combinations of its components.
 *
 * @returns null where none of them is pooled
 */
export async function runInterval(
  input: RunInput,
  planned: PlannedInterval,
): Promise<PooledRows | null> {
  const { plan, shares } = input;
  const { trunk } = plan;
  const combinations = 2 ** planned.bits;
  const isPooled = planned.patches.some(({ pooled }) => pooled > 0);
  const rows: PooledRows = {
    sums: new Float64Array(isPooled ? combinations * trunk.meanChannels : 0),
    maxima: new Float32Array(isPooled ? combinations * trunk.maxChannels : 0).fill(-Infinity),
  };
  const addends = shares.take(planned.interval, planned.incoming);
  let done = 0;
  for (const patch of planned.patches) {
    await runPatch(input, planned, patch, addends, rows, (count) => {
      done += count;
      return input.pause(done / (combinations * planned.patches.length));
    });
  }
  return isPooled ? rows : null;
}

async function runPatch(
  input: RunInput,
  planned: PlannedInterval,
  patch: Patch,
  addends: readonly Addend[],
  rows: PooledRows,
  finished: (combinations: number) => Promise<void>,
): Promise<void> {
  const { plan, power, sessions, shares, clock, encoderVersion } = input;
  const { trunk, blocks } = plan;
  const { shape, frames, batch } = patch;
  const isInterior = planned.interval.first === planned.interval.last;
  clock(isInterior ? "interior" : "boundary");
  const levels = frames ? power.of(planned.interval, frames) : null;
  clock("spectra");
  const key = `${encoderVersion} ${JSON.stringify(shape)}`;
  const session = await sessions.open(
    key,
    () => chainOnnx(trunk, blocks, shape),
    runBytes(blocks, patch),
  );
  clock("sessions");
  const partials = patch.shares.map((share) => shares.allocate(share));
  const combinations = 2 ** planned.bits;
  const frameDims = frames ? [1, columnCount(frames), trunk.bands] : [];
  const pooled = trunk.pieces.map(({ size }) => new Float32Array(batch * size));
  for (let row = 0; row < combinations; row += batch) {
    const feeds: Record<string, Floats> = {};
    if (levels) feeds[CHAIN_NAMES.power] = sliceRows(levels, frameDims, row, batch);
    for (const { block, side, rows: sums } of addends) {
      feeds[CHAIN_NAMES.addend(block, side)] = addendRows(plan, planned, side, sums, row, batch);
    }
    const results: Record<string, Floats> = {};
    partials.forEach(({ data, dims }, i) => {
      results[CHAIN_NAMES.partial(i)] = sliceRows(data, dims.slice(1), row, batch);
    });
    if (shape.pooled) {
      trunk.pieces.forEach(({ size }, i) => {
        results[CHAIN_NAMES.pooled(i)] = { data: pooled[i]!, dims: [batch, size] };
      });
    }
    await session.run(feeds, results);
    if (shape.pooled) accumulate(plan, pooled, rows, row, batch);
    await finished(batch);
  }
  clock(isInterior ? "interior" : "boundary");
}

/** The addend's rows of combinations row to row + batch - 1; one row where they all share it. */
function addendRows(
  { components }: TablePlan,
  { interval, bits }: PlannedInterval,
  side: "low" | "high",
  { data, dims }: Floats,
  row: number,
  batch: number,
): Floats {
  const firstBits = components.audible[interval.first]!.length;
  const lowBits = bits - components.audible[interval.last]!.length;
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
): Floats {
  const size = dims.reduce((product, each) => product * each, 1);
  return { data: data.subarray(start * size, (start + count) * size), dims: [count, ...dims] };
}

function accumulate(
  { trunk }: TablePlan,
  pooled: readonly Float32Array[],
  { sums, maxima }: PooledRows,
  row: number,
  batch: number,
): void {
  let mean = 0;
  let max = 0;
  trunk.pieces.forEach(({ size, time }, piece) => {
    const values = pooled[piece]!;
    for (let item = 0; item < batch; item++) {
      for (let i = 0; i < size; i++) {
        const value = values[item * size + i]!;
        if (time === "mean") {
          sums[(row + item) * trunk.meanChannels + mean + i]! += value;
        } else {
          const at = (row + item) * trunk.maxChannels + max + i;
          if (!(value <= maxima[at]!)) maxima[at] = value;
        }
      }
    }
    if (time === "mean") mean += size;
    else max += size;
  });
}
