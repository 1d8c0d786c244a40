import { describe, expect, it } from "vitest";
import {
  componentLabel,
  componentSetLabel,
  formatCount,
  formatDecimal,
  formatRelevance,
  formatTimeRange,
  formatWeight,
} from "./format.ts";

describe("number formats", () => {
  it.each([
    [0.2134, "+0.213"],
    [-0.0431, "−0.043"],
    [0, "0.000"],
    [-0.0004, "0.000"],
  ])("formats the weight %d as %s", (weight, text) => expect(formatWeight(weight)).toBe(text));

  it("rounds relevances and decimals", () => {
    expect(formatRelevance(0.8342)).toBe("0.83");
    expect(formatDecimal(-1.23456)).toBe("−1.2346");
  });

  it("formats time ranges without needless decimals", () => {
    expect(formatTimeRange(6, 12)).toBe("6–12\u202fs");
    expect(formatTimeRange(5.98, 12.25)).toBe("6–12.3\u202fs");
  });

  it("uses singular and plural", () => {
    expect(formatCount(1, "track")).toBe("1 track");
    expect(formatCount(1204, "play")).toBe("1,204 plays");
  });
});

const base = { index: 0, startSeconds: 6, endSeconds: 12, weight: 0, shapley: null };

describe("componentLabel", () => {
  it("names source, time, or both", () => {
    expect(componentLabel({ ...base, segment: 1, source: "drums" })).toBe("drums, 6–12\u202fs");
    expect(componentLabel({ ...base, segment: null, source: "drums" })).toBe("drums");
    expect(componentLabel({ ...base, segment: 1, source: null })).toBe("6–12\u202fs");
  });
});

describe("componentSetLabel", () => {
  const part = (segment: number, source: string | null) => ({
    ...base,
    segment,
    source,
    startSeconds: 6 * segment,
    endSeconds: 6 * segment + 6,
  });

  it("joins adjacent segments of each source", () => {
    const set = [part(0, "drums"), part(0, "bass"), part(1, "drums"), part(3, "drums")];
    expect(componentSetLabel(set)).toBe("drums, 0–12 s and 18–24 s; bass, 0–6 s");
  });

  it("names sets by source only and by time only", () => {
    const drums = { ...base, segment: null, source: "drums" };
    expect(componentSetLabel([drums, { ...drums, source: "bass" }])).toBe("drums; bass");
    expect(componentSetLabel([part(0, null), part(1, null)])).toBe("0–12 s");
  });
});
