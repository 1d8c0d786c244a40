import { segmentBounds } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import { InputError } from "../../input-error.ts";
import { createNodeRuntime } from "../../runtime/node/node-runtime.ts";
import { createGraphSessions } from "../graph-sessions.ts";
import { noise, smallFrontEnd } from "../noise.fixture.ts";
import { buildResponseTable, type ColumnQuestion, prepareTable } from "./build-response-table.ts";
import { meanAndMax, scaled, testModel } from "./networks.fixture.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });

const BANDS = 8;
const model = testModel({ bands: BANDS, seed: 2 }, (network, input) => {
  let tensor = scaled(network, input);
  for (const [from, to] of [
    [1, 4],
    [4, 4],
    [4, 4],
  ] as const) {
    tensor = network.conv(tensor, { from, to, kernel: [3, 3], pads: [1, 1, 1, 1] });
    tensor = network.node("Relu", [tensor]);
    tensor = network.node("MaxPool", [tensor], { kernel_shape: [1, 2], strides: [1, 2] });
  }
  return meanAndMax(network, tensor, 4);
});
if (!model.verdict.applies) throw new Error(model.verdict.reason);
const { trunk } = model.verdict;

function questionOf(samples: number, segments: number, sources: number): ColumnQuestion {
  return {
    trunk,
    encoderVersion: model.encoderVersion,
    frontEnd: smallFrontEnd(BANDS),
    sources: noise(samples, sources, 1),
    segments: segmentBounds(samples, segments),
  };
}

describe("prepareTable", () => {
  it("predicts the table's size and cost", async () => {
    const question = questionOf(8000, 4, 2);
    const ready = prepareTable(question);
    if (!ready.applies) throw new Error(ready.reason);
    // Four segments of 4 combinations, three boundaries of 16.
    expect(ready.cost.rows).toBe(4 * 4 + 3 * 16);
    expect(ready.cost.tableBytes).toBe(ready.cost.rows * 8 * 4);
    // Per column: 3 x 3 taps, 8 bands; channels 1 x 4, then 4 x 4 at half and a quarter of the rate.
    const perColumn = 9 * 8;
    expect(ready.cost.forwardMultiplyAdds).toBe(perColumn * (4 * 251 + 16 * 125 + 16 * 62));
    const forwards = ready.cost.multiplyAdds / ready.cost.forwardMultiplyAdds;
    expect(forwards).toBeGreaterThan(4);
    expect(forwards).toBeLessThan(8);
    const sessions = createGraphSessions({
      runtime,
    });
    const { table, statistics } = await buildResponseTable(question, ready, { sessions });
    await sessions.dispose();
    expect(table.sums.length + table.maxima.length).toBe(ready.cost.tableBytes / 4);
    expect(statistics).toMatchObject({ blocks: 3, rows: 64, forwardEquivalents: forwards });
    const columns = table.groups.reduce((sum, group) => sum + group.columns, 0);
    expect(columns).toBe(table.columns);
  });

  it("halves a segment's combinations for each silent component", () => {
    const question = questionOf(8000, 4, 2);
    question.sources[0]!.fill(0, 2000, 4000);
    const ready = prepareTable(question);
    // Segment 1 has 2 combinations, the boundaries on its sides 8.
    expect(ready).toMatchObject({ applies: true, cost: { rows: 4 + 2 + 4 + 4 + 8 + 8 + 16 } });
  });

  it.each<[string, ColumnQuestion]>([
    ["too-many-components", questionOf(8000, 4, 9)],
    ["too-many-components", questionOf(8000, 9, 2)],
    ["too-many-components", questionOf(700, 8, 8)],
    ["table-too-large", { ...questionOf(700, 5, 4), maxForwards: 1e9 }],
    ["too-short", questionOf(100, 1, 2)],
    ["other-length", { ...questionOf(8000, 4, 2), trunk: { ...trunk, frames: 250 } }],
    ["too-costly", { ...questionOf(8000, 4, 2), maxForwards: 3 }],
  ])("refuses %s", (code, question) => {
    const ready = prepareTable(question);
    expect(ready).toMatchObject({ applies: false, code });
    if (!ready.applies) expect(ready.reason.length).toBeGreaterThan(20);
  });

  it("throws for inconsistent questions", () => {
    const question = questionOf(4000, 2, 2);
    const short = { ...question, sources: [question.sources[0]!, new Float32Array(10)] };
    expect(() => prepareTable(short)).toThrow(RangeError);
    const crossed = { ...question, segments: [[2000, 4000] as const, [0, 2000] as const] };
    expect(() => prepareTable(crossed)).toThrow(RangeError);
    expect(() => prepareTable({ ...question, segments: [] })).toThrow(RangeError);
    expect(() => prepareTable({ ...question, sources: [] })).toThrow(RangeError);
  });
});

describe("buildResponseTable", () => {
  it("builds the same table regardless of cached sessions", async () => {
    const question = questionOf(6000, 3, 2);
    const ready = prepareTable(question);
    if (!ready.applies) throw new Error(ready.reason);
    const roomy = createGraphSessions({
      runtime,
    });
    const tight = createGraphSessions({
      runtime,
      maxBytes: 1,
    });
    const { table } = await buildResponseTable(question, ready, { sessions: roomy });
    for (const sessions of [roomy, tight]) {
      const again = await buildResponseTable(question, ready, { sessions });
      expect(again.table).toEqual(table);
    }
    await roomy.dispose();
    await tight.dispose();
  });

  it("rejects a model whose output is not finite", async () => {
    const damaged = testModel({ bands: BANDS, seed: 2 }, (network, input) => {
      const zero = network.floats("zero", [], () => Float32Array.of(0));
      const tensor = network.node("Div", [scaled(network, input), zero]);
      return meanAndMax(network, network.conv(tensor, { from: 1, to: 2, kernel: [3, 3] }), 2);
    });
    if (!damaged.verdict.applies) throw new Error(damaged.verdict.reason);
    const question = { ...questionOf(4000, 2, 1), trunk: damaged.verdict.trunk };
    const ready = prepareTable(question);
    if (!ready.applies) throw new Error(ready.reason);
    const sessions = createGraphSessions({
      runtime,
    });
    await expect(buildResponseTable(question, ready, { sessions })).rejects.toThrow(InputError);
    await sessions.dispose();
  });

  it("stops with the signal's reason, and reports rising progress", async () => {
    const question = questionOf(60_000, 3, 3);
    const ready = prepareTable(question);
    if (!ready.applies) throw new Error(ready.reason);
    const sessions = createGraphSessions({
      runtime,
    });
    const reason = new Error("not needed any more");
    const aborted = AbortSignal.abort(reason);
    await expect(buildResponseTable(question, ready, { sessions, signal: aborted })).rejects.toBe(
      reason,
    );
    const seen: number[] = [];
    const onProgress = (fraction: number) => void seen.push(fraction);
    await buildResponseTable(question, ready, { sessions, onProgress });
    await sessions.dispose();
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.every((fraction) => fraction > 0 && fraction <= 1)).toBe(true);
  });
});
