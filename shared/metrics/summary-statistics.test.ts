import { describe, expect, it } from "vitest";
import { mean, quantile, sampleDeviation } from "./summary-statistics.ts";

describe("mean and sampleDeviation", () => {
  it("divide by n and by n - 1", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(sampleDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 15);
  });

  it("keep small differences of large values", () => {
    expect(sampleDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBe(1);
  });

  it("are null where there are too few values", () => {
    expect([mean([]), sampleDeviation([]), sampleDeviation([3])]).toEqual([null, null, null]);
  });
});

describe("quantile", () => {
  it("interpolates as NumPy does", () => {
    // numpy.quantile([1, 2, 4, 8], [0, 0.025, 0.5, 0.9, 1])
    const sorted = [1, 2, 4, 8];
    const expected = [1, 1.075, 3, 6.8, 8];
    [0, 0.025, 0.5, 0.9, 1].forEach((fraction, index) => {
      expect(quantile(sorted, fraction)).toBeCloseTo(expected[index]!, 12);
    });
    expect(quantile([7], 0.3)).toBe(7);
  });

  it("refuses no values and fractions outside of 0 to 1", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => quantile([1], 1.1)).toThrow(RangeError);
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });
});
