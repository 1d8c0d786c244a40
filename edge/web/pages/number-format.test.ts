import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatDecimal,
  formatRelevance,
  formatTimeRange,
  formatWeight,
} from "./number-format.ts";

describe("number formats", () => {
  it.each([
    [0.2134, "+0.213"],
    [-0.0431, "−0.043"],
    [0, "0.000"],
    [-0.0004, "0.000"],
  ])("weight %d is %s", (weight, text) => expect(formatWeight(weight)).toBe(text));

  it("rounds relevances and decimals", () => {
    expect(formatRelevance(0.8342)).toBe("0.83");
    expect(formatDecimal(-1.23456)).toBe("−1.2346");
  });

  it("writes stretches of time without needless decimals", () => {
    expect(formatTimeRange(6, 12)).toBe("6–12\u202fs");
    expect(formatTimeRange(5.98, 12.25)).toBe("6–12.3\u202fs");
  });

  it("counts in singular and plural", () => {
    expect(formatCount(1, "track")).toBe("1 track");
    expect(formatCount(1204, "play")).toBe("1,204 plays");
  });
});
