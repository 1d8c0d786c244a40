import type { Tensor } from "../runtime/runtime.ts";
import { runBytes } from "./batch.ts";
import { CHAIN_NAMES, chainOnnx } from "./chain-graph.ts";
import type { ChainSessions } from "./chain-sessions.ts";
import type { ChainShape } from "./chain-shape.ts";
import type { CombinationPower } from "./combination-power.ts";
import { addPooled, emptyRows, type PooledRows } from "./pooled-rows.ts";
import { runSilence } from "./run-silence.ts";
import type { Addend, ShareStore } from "./shares.ts";
import type { Patch, PlannedRun, TablePlan } from "./table-plan.ts";
import { columnCount } from "./time-window.ts";

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
 * Computes the columns of one or several intervals for all combinations of their components.
 *
 * @returns those of which columns are pooled
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

/** The addend's rows of combinations row to row + batch - 1; one row where they all share it. */
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
