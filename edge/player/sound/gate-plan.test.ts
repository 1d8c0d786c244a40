import { describe, expect, it } from "vitest";
import {
  gainAt,
  gainPoints,
  planGate,
  positionAt,
  RAMP_SECONDS,
  type Run,
  spansOf,
  wrapTimes,
} from "./gate-plan.ts";

const SEGMENTS = [
  { start: 0, end: 6 },
  { start: 6, end: 12 },
  { start: 12, end: 18 },
];
const run: Run = { startedAt: 100, offset: 0, loop: null, duration: 18 };

describe("spansOf", () => {
  it("merges adjacent segments", () => {
    expect(spansOf(SEGMENTS, (s) => s < 2)).toEqual([{ start: 0, end: 12 }]);
    expect(spansOf(SEGMENTS, (s) => s !== 1)).toEqual([SEGMENTS[0], SEGMENTS[2]]);
    expect(spansOf(SEGMENTS, () => false)).toEqual([]);
  });

  it("keeps the given segments unchanged", () => {
    spansOf(SEGMENTS, () => true);
    expect(SEGMENTS[0]).toEqual({ start: 0, end: 6 });
  });
});

describe("gainPoints", () => {
  it("fades inside the edges", () => {
    const points = gainPoints([{ start: 6, end: 12 }]);
    expect(gainAt(points, 5.999)).toBe(0);
    expect(gainAt(points, 6 + RAMP_SECONDS / 2)).toBeCloseTo(0.5);
    expect(gainAt(points, 9)).toBe(1);
    expect(gainAt(points, 12 - RAMP_SECONDS / 4)).toBeCloseTo(0.25);
    expect(gainAt(points, 12)).toBe(0);
    expect(gainAt(points, 15)).toBe(0);
  });

  it("shortens the fades of a short span", () => {
    const points = gainPoints([{ start: 0, end: 0.004 }]);
    expect(points.map(({ time }) => time)).toEqual([0, 0.002, 0.002, 0.004]);
    expect(gainAt(points, 0.001)).toBeCloseTo(0.5);
  });

  it("is silence without spans", () => {
    expect(gainAt(gainPoints([]), 3)).toBe(0);
  });
});

describe("positionAt", () => {
  it("stops at the end", () => {
    expect(positionAt(run, 99)).toBe(0);
    expect(positionAt(run, 107.5)).toBe(7.5);
    expect(positionAt(run, 200)).toBe(18);
  });

  it("wraps in a loop, even if the run started before it", () => {
    const looping: Run = { startedAt: 100, offset: 4, loop: SEGMENTS[1]!, duration: 18 };
    expect(positionAt(looping, 101)).toBe(5);
    expect(positionAt(looping, 107.9)).toBeCloseTo(11.9);
    expect(positionAt(looping, 108.5)).toBeCloseTo(6.5);
    expect(positionAt(looping, 115)).toBeCloseTo(7);
    expect(wrapTimes(looping, 2)).toEqual([108, 114]);
    expect(wrapTimes(run, 2)).toEqual([]);
  });
});

describe("planGate", () => {
  const spans = [{ start: 6, end: 12 }];

  it("opens and closes at the edges of the spans", () => {
    const plan = planGate({ run, now: 100, spans, before: null });
    expect(gainAt(plan, 103)).toBe(0);
    expect(gainAt(plan, 106 + RAMP_SECONDS / 2)).toBeCloseTo(0.5);
    expect(gainAt(plan, 109)).toBe(1);
    expect(gainAt(plan, 112)).toBe(0);
  });

  it("starts at the offset of the run", () => {
    const late: Run = { ...run, offset: 8 };
    const plan = planGate({ run: late, now: 100, spans, before: null });
    expect(gainAt(plan, 100)).toBe(1);
    expect(gainAt(plan, 104.001)).toBe(0);
  });

  it("fades once from the current gain to the wanted one", () => {
    const before = planGate({ run, now: 100, spans, before: null });
    const closed = planGate({ run, now: 109, spans: [], before });
    expect(gainAt(closed, 109)).toBe(1);
    expect(gainAt(closed, 109 + RAMP_SECONDS / 2)).toBeCloseTo(0.5);
    expect(gainAt(closed, 109 + RAMP_SECONDS)).toBe(0);
    const reopened = planGate({ run, now: 109 + RAMP_SECONDS / 2, spans, before: closed });
    expect(gainAt(reopened, 109 + RAMP_SECONDS / 2)).toBeCloseTo(0.5);
    expect(gainAt(reopened, 109 + 2 * RAMP_SECONDS)).toBe(1);
    expect(gainAt(reopened, 112)).toBe(0);
  });

  it("doesn't jump if an edge falls into the fade", () => {
    const before = planGate({ run, now: 100, spans: [], before: null });
    const now = 106 - RAMP_SECONDS / 2;
    const plan = planGate({ run, now, spans, before });
    const times = plan.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (let time = now; time < 106.05; time += 0.0005) {
      const step = Math.abs(gainAt(plan, time + 0.0005) - gainAt(plan, time));
      expect(step).toBeLessThan(0.11);
    }
    expect(gainAt(plan, 106.02)).toBe(1);
  });

  it("keeps one gain in a loop", () => {
    const looping: Run = { ...run, offset: 7, loop: SEGMENTS[1]! };
    const plan = planGate({ run: looping, now: 100, spans, before: null });
    expect(plan).toEqual([{ time: 100, gain: 1 }]);
    const closed = planGate({ run: looping, now: 103, spans: [SEGMENTS[0]!], before: plan });
    expect(gainAt(closed, 103.5)).toBe(0);
    expect(gainAt(closed, 1000)).toBe(0);
  });
});
