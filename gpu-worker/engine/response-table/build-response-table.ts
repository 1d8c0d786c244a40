import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/components";
import type { ResponseTable, TableGroup } from "@lemons/shared/what-if/response-table";
import {
  MAX_GROUP_COMPONENTS,
  MAX_TABLE_AXIS,
  MAX_TABLE_BYTES,
} from "@lemons/shared/what-if/table-format";
import { InputError } from "../input-error.ts";
import { frameCount } from "../spectrogram/framing.ts";
import type { ChainSessions } from "./chain-sessions.ts";
import { createCombinationPower } from "./combination-power.ts";
import { audibleComponents, componentsOf } from "./combinations.ts";
import type { PooledRows } from "./pooled-rows.ts";
import { runIntervals } from "./run-intervals.ts";
import { createShareStore } from "./shares.ts";
import { costOf, type TableCost } from "./table-cost.ts";
import { planTable, type TablePlan, type TensorLimits } from "./table-plan.ts";
import type { Trunk } from "./trunk.ts";

/** A track taken apart, and the model that hears it. */
export interface TableQuestion {
  trunk: Trunk;
  /** Tells models apart, so that they share no session. */
  encoderVersion: string;
  frontEnd: FrontEnd;
  /** Mono at the front-end's rate, all of one length; together they are the track. */
  sources: readonly Float32Array[];
  /** Segments in rising order; samples outside of them are silent in every combination. */
  segments: readonly SegmentBounds[];
  /** Forward passes that a table may cost, in multiply-adds; 2,048 by default. */
  maxForwards?: number | undefined;
  /** 128 MB and 8 MB by default. */
  limits?: Partial<TensorLimits> | undefined;
}

/** Why no table is built although the model allows it; masks are then sampled instead. */
export interface TableRefusal {
  applies: false;
  code:
    | "too-many-components"
    | "table-too-large"
    | "too-costly"
    | "too-much-memory"
    | "too-short"
    | "other-length";
  reason: string;
}

/** A plan that is worth running. */
export interface TableReady {
  applies: true;
  plan: TablePlan;
  cost: TableCost;
}

/** What building a table took. */
export interface TableStatistics extends TableCost {
  /** Blocks that the model was split into. */
  blocks: number;
  /** `multiplyAdds` in forward passes. */
  forwardEquivalents: number;
  seconds: { spectra: number; sessions: number; interior: number; boundary: number };
}

export interface BuiltTable {
  table: ResponseTable;
  statistics: TableStatistics;
}

export interface BuildOptions {
  sessions: ChainSessions;
  /** Called with the fraction done, 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
  /** Looked at between runs; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_FORWARDS = 2048;
const DEFAULT_LIMITS: TensorLimits = {
  maxTensorBytes: 128 * 1024 * 1024,
  maxStripBytes: 8 * 1024 * 1024,
};
const MAX_WORKING_BYTES = 1024 * 1024 * 1024;

/** Milliseconds after which other work gets a turn. */
const TURN_MS = 50;

/**
 * Says what a response table would take, or why it should not be built: where it would be too large
 * or cost more than the forward passes that it saves.
 *
 * @throws RangeError where sources differ in length, or segments are out of order
 */
export function prepareTable(question: TableQuestion): TableReady | TableRefusal {
  const { trunk, frontEnd, sources, segments: bounds, maxForwards } = question;
  checkInput(sources, bounds);
  if (sources.length > MAX_TABLE_AXIS || bounds.length > MAX_TABLE_AXIS) {
    const found = `${bounds.length} segments and ${sources.length} sources`;
    return refusal("too-many-components", `${found}; at most ${MAX_TABLE_AXIS} of each`);
  }
  const frames = frameCount(sources[0]!.length, frontEnd.hop);
  if (trunk.frames !== null && trunk.frames !== frames) {
    return refusal(
      "other-length",
      `the model takes ${trunk.frames} frames, the track has ${frames}`,
    );
  }
  const components = audibleComponents(sources, bounds);
  const limits = { ...DEFAULT_LIMITS, ...question.limits };
  const plan = planTable(trunk, { sources, bounds, components }, frontEnd, limits);
  if (!plan) return refusal("too-short", "the track is too short for this model");
  const widest = plan.runs.reduce((most, { bits }) => Math.max(most, bits), 0);
  if (widest > MAX_GROUP_COMPONENTS) {
    return refusal(
      "too-many-components",
      `a column of the model hears ${widest} components at once, more than ${MAX_GROUP_COMPONENTS}: segments are too short for its receptive field`,
    );
  }
  const cost = costOf(plan);
  if (cost.tableBytes > MAX_TABLE_BYTES) {
    return refusal(
      "table-too-large",
      `the table would have ${cost.tableBytes} bytes, more than ${MAX_TABLE_BYTES}`,
    );
  }
  if (cost.workingBytes > MAX_WORKING_BYTES) {
    return refusal(
      "too-much-memory",
      `building the table would take ${cost.workingBytes} bytes, more than ${MAX_WORKING_BYTES}`,
    );
  }
  const forwards = cost.multiplyAdds / cost.forwardMultiplyAdds;
  const limit = maxForwards ?? DEFAULT_MAX_FORWARDS;
  if (forwards > limit) {
    return refusal(
      "too-costly",
      `the table would cost as much as ${Math.ceil(forwards)} forward passes, more than ${limit}`,
    );
  }
  return { applies: true, plan, cost };
}

/**
 * Computes a response table. One at a time for each `sessions`.
 *
 * @throws InputError where onnxruntime refuses a part of the model, or gives no finite numbers; the
 *   signal's reason
 */
export async function buildResponseTable(
  question: TableQuestion,
  { plan, cost }: TableReady,
  { sessions, onProgress, signal }: BuildOptions,
): Promise<BuiltTable> {
  const { sources, segments: bounds, frontEnd, encoderVersion } = question;
  const { blocks, components, runs } = plan;
  const power = createCombinationPower({ sources, bounds, components }, frontEnd);
  const shares = createShareStore(blocks, components);
  const { clock, seconds } = createClock();
  const weights = runs.map((each) => costOf({ ...plan, runs: [each] }).multiplyAdds);
  let before = 0;
  let lastTurn = performance.now();
  const rows: PooledRows[] = [];
  for (const [index, planned] of runs.entries()) {
    const pause = async (fraction: number) => {
      signal?.throwIfAborted();
      if (performance.now() - lastTurn < TURN_MS) return;
      onProgress?.(Math.min(1, (before + weights[index]! * fraction) / cost.multiplyAdds));
      await sessions.runtime.yieldToEvents();
      lastTurn = performance.now();
    };
    signal?.throwIfAborted();
    const run = { plan, power, sessions, encoderVersion, shares, clock, pause };
    rows.push(...(await runIntervals(run, planned)));
    before += weights[index]!;
  }
  onProgress?.(1);
  return {
    table: tableOf(plan, rows),
    statistics: {
      ...cost,
      blocks: blocks.length,
      forwardEquivalents: cost.multiplyAdds / cost.forwardMultiplyAdds,
      seconds,
    },
  };
}

function checkInput(sources: readonly Float32Array[], bounds: readonly SegmentBounds[]): void {
  const samples = sources[0]?.length ?? 0;
  if (samples === 0 || sources.some(({ length }) => length !== samples)) {
    throw new RangeError("a response table needs sources of one length");
  }
  let last = 0;
  for (const [start, end] of bounds) {
    if (!(start >= last && end > start && end <= samples)) {
      throw new RangeError(`segment [${start}, ${end}) is out of order or out of the track`);
    }
    last = end;
  }
  if (bounds.length === 0) throw new RangeError("a response table needs a segment");
}

function refusal(code: TableRefusal["code"], reason: string): TableRefusal {
  return { applies: false, code, reason };
}

function createClock() {
  const seconds = { spectra: 0, sessions: 0, interior: 0, boundary: 0 };
  let last = performance.now();
  const clock = (phase: keyof typeof seconds) => {
    const now = performance.now();
    seconds[phase] += (now - last) / 1000;
    last = now;
  };
  return { clock, seconds };
}

/** Joins the rows of all intervals that are pooled, in the order of time. */
function tableOf(plan: TablePlan, rows: readonly PooledRows[]): ResponseTable {
  const { trunk, components, columns } = plan;
  const pooled = rows.toSorted((a, b) => order(a) - order(b));
  const groups: TableGroup[] = [];
  let firstRow = 0;
  for (const { interval, columns: groupColumns } of pooled) {
    const list = componentsOf(components, interval);
    groups.push({ components: list, columns: groupColumns, firstRow });
    firstRow += 2 ** list.length;
  }
  const { meanChannels, maxChannels, features } = trunk;
  const sums = new Float32Array(firstRow * meanChannels);
  const maxima = new Float32Array(firstRow * maxChannels);
  pooled.forEach((each, i) => {
    sums.set(each.sums, groups[i]!.firstRow * meanChannels);
    maxima.set(each.maxima, groups[i]!.firstRow * maxChannels);
  });
  const { segments, sources } = components;
  const shape = { segments, sources, columns, meanChannels, maxChannels };
  if (![sums, maxima].every((values) => values.every(Number.isFinite))) {
    throw new InputError("the model gives numbers that are not finite: its weights are damaged");
  }
  return { ...shape, features, groups, sums, maxima };
}

/** Intervals side by side in time: [0], [0, 1], [1], [1, 2], ... */
function order({ interval }: PooledRows): number {
  return interval.first + interval.last;
}
