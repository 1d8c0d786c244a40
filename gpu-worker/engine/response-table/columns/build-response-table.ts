import type { SegmentBounds } from "@lemons/shared/explanation/components";
import type { ResponseTable, TableGroup } from "@lemons/shared/what-if/response-table";
import {
  MAX_GROUP_COMPONENTS,
  MAX_TABLE_AXIS,
  MAX_TABLE_BYTES,
} from "@lemons/shared/what-if/table-format";
import { InputError } from "../../input-error.ts";
import { frameCount } from "../../spectrogram/framing.ts";
import type {
  BuildOptions,
  BuiltTable,
  TableCost,
  TableQuestion,
  TableRefusal,
} from "../encoder-engine.ts";
import { createCombinationPower } from "./combination-power.ts";
import { audibleComponents, componentsOf } from "./intervals.ts";
import { type PooledRows, runIntervals } from "./run-intervals.ts";
import { createShareStore } from "./shares.ts";
import { costOf } from "./table-cost.ts";
import { planTable, type TablePlan, type TensorLimits } from "./table-plan.ts";
import type { Trunk } from "./trunk.ts";

/** A table question and the trunk of the model that hears the track. */
export interface ColumnQuestion extends TableQuestion {
  trunk: Trunk;
  /** Identifies the model, so that different models share no session. */
  encoderVersion: string;
  /** 128 MB and 8 MB by default. */
  limits?: Partial<TensorLimits> | undefined;
}

/** A plan worth running. */
export interface TableReady {
  applies: true;
  plan: TablePlan;
  cost: TableCost;
}

const DEFAULT_MAX_FORWARDS = 2048;
const DEFAULT_LIMITS: TensorLimits = {
  maxTensorBytes: 128 * 1024 * 1024,
  maxStripBytes: 8 * 1024 * 1024,
};
const MAX_WORKING_BYTES = 1024 * 1024 * 1024;

/** Milliseconds after which the event loop gets a turn. */
const TURN_MS = 50;

/**
 * Plans a response table and computes its cost. Refuses tables that are too large or cost more than
 * the forward passes that they save.
 *
 * @throws RangeError if sources differ in length, or segments are out of order
 */
export function prepareTable(question: ColumnQuestion): TableReady | TableRefusal {
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
 * Computes a response table. Only one at a time may use the same `sessions`.
 *
 * @throws InputError if onnxruntime refuses a part of the model, or its output is not finite; the
 *   signal's reason
 */
export async function buildResponseTable(
  question: ColumnQuestion,
  { plan, cost }: TableReady,
  { sessions, onProgress, signal }: BuildOptions,
): Promise<BuiltTable> {
  const { sources, segments: bounds, frontEnd, encoderVersion } = question;
  const { blocks, components, runs } = plan;
  const power = createCombinationPower({ sources, bounds, components }, frontEnd, sessions.runtime);
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

/** Joins the rows of all pooled intervals in the order of time. */
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
    throw new InputError("the model's output is not finite: its weights are damaged");
  }
  return { ...shape, features, groups, sums, maxima };
}

/** Sorts intervals in time: [0], [0, 1], [1], [1, 2], ... */
function order({ interval }: PooledRows): number {
  return interval.first + interval.last;
}
