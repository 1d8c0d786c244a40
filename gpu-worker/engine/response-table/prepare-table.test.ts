import { segmentBounds } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { buildResponseTable, prepareTable, type TableQuestion } from "./build-response-table.ts";
import { createChainSessions } from "./chain-sessions.ts";
import { noise, smallFrontEnd } from "./noise.fixture.ts";
import { meanAndMax, scaled, testModel } from "./test-network.fixture.ts";

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

function question(samples: number, segments: number, sources: number): TableQuestion {
  return {
    trunk,
    encoderVersion: model.encoderVersion,
    frontEnd: smallFrontEnd(BANDS),
    sources: noise(samples, sources, 1),
    segments: segmentBounds(samples, segments),
  };
}

describe("prepareTable", () => {
  it("knows the table's size and cost beforehand", async () => {
    const asked = question(8000, 4, 2);
    const ready = prepareTable(asked);
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
    const sessions = createChainSessions({
      runtime,
    });
    const { table, statistics } = await buildResponseTable(asked, ready, { sessions });
    await sessions.dispose();
    expect(table.sums.length + table.maxima.length).toBe(ready.cost.tableBytes / 4);
    expect(statistics).toMatchObject({ blocks: 3, rows: 64, forwardEquivalents: forwards });
    const columns = table.groups.reduce((sum, group) => sum + group.columns, 0);
    expect(columns).toBe(table.columns);
  });

  it("halves a segment's combinations for each silent component", () => {
    const asked = question(8000, 4, 2);
    asked.sources[0]!.fill(0, 2000, 4000);
    const ready = prepareTable(asked);
    // Segment 1 has 2 combinations, the boundaries on its sides 8.
    expect(ready).toMatchObject({ applies: true, cost: { rows: 4 + 2 + 4 + 4 + 8 + 8 + 16 } });
  });

  it.each<[string, TableQuestion]>([
    ["too-many-components", question(8000, 4, 9)],
    ["too-many-components", question(8000, 9, 2)],
    ["too-many-components", question(700, 8, 8)],
    ["table-too-large", { ...question(700, 5, 4), maxForwards: 1e9 }],
    ["too-short", question(100, 1, 2)],
    ["other-length", { ...question(8000, 4, 2), trunk: { ...trunk, frames: 250 } }],
    ["too-costly", { ...question(8000, 4, 2), maxForwards: 3 }],
  ])("refuses %s", (code, asked) => {
    const ready = prepareTable(asked);
    expect(ready).toMatchObject({ applies: false, code });
    if (!ready.applies) expect(ready.reason.length).toBeGreaterThan(20);
  });

  it("throws where the question makes no sense", () => {
    const asked = question(4000, 2, 2);
    const short = { ...asked, sources: [asked.sources[0]!, new Float32Array(10)] };
    expect(() => prepareTable(short)).toThrow(RangeError);
    const crossed = { ...asked, segments: [[2000, 4000] as const, [0, 2000] as const] };
    expect(() => prepareTable(crossed)).toThrow(RangeError);
    expect(() => prepareTable({ ...asked, segments: [] })).toThrow(RangeError);
    expect(() => prepareTable({ ...asked, sources: [] })).toThrow(RangeError);
  });
});

describe("buildResponseTable", () => {
  it("gives the same table again, whatever sessions it keeps", async () => {
    const asked = question(6000, 3, 2);
    const ready = prepareTable(asked);
    if (!ready.applies) throw new Error(ready.reason);
    const roomy = createChainSessions({
      runtime,
    });
    const tight = createChainSessions({
      runtime,
      maxBytes: 1,
    });
    const { table } = await buildResponseTable(asked, ready, { sessions: roomy });
    for (const sessions of [roomy, tight]) {
      const again = await buildResponseTable(asked, ready, { sessions });
      expect(again.table).toEqual(table);
    }
    await roomy.dispose();
    await tight.dispose();
  });

  it("refuses a model whose numbers are not finite", async () => {
    const damaged = testModel({ bands: BANDS, seed: 2 }, (network, input) => {
      const zero = network.floats("zero", [], () => Float32Array.of(0));
      const tensor = network.node("Div", [scaled(network, input), zero]);
      return meanAndMax(network, network.conv(tensor, { from: 1, to: 2, kernel: [3, 3] }), 2);
    });
    if (!damaged.verdict.applies) throw new Error(damaged.verdict.reason);
    const asked = { ...question(4000, 2, 1), trunk: damaged.verdict.trunk };
    const ready = prepareTable(asked);
    if (!ready.applies) throw new Error(ready.reason);
    const sessions = createChainSessions({
      runtime,
    });
    await expect(buildResponseTable(asked, ready, { sessions })).rejects.toThrow(InputError);
    await sessions.dispose();
  });

  it("stops where it is told to, and reports rising progress", async () => {
    const asked = question(60_000, 3, 3);
    const ready = prepareTable(asked);
    if (!ready.applies) throw new Error(ready.reason);
    const sessions = createChainSessions({
      runtime,
    });
    const reason = new Error("not needed any more");
    const aborted = AbortSignal.abort(reason);
    await expect(buildResponseTable(asked, ready, { sessions, signal: aborted })).rejects.toBe(
      reason,
    );
    const seen: number[] = [];
    const onProgress = (fraction: number) => void seen.push(fraction);
    await buildResponseTable(asked, ready, { sessions, onProgress });
    await sessions.dispose();
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.every((fraction) => fraction > 0 && fraction <= 1)).toBe(true);
  });
});
