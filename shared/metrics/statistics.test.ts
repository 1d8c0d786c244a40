import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mean, quantile, rankCorrelation, sampleDeviation } from "./statistics.ts";

describe("mean and sampleDeviation", () => {
  it("divide by n and by n - 1", () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(sampleDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 15);
  });

  it("keep the digits of small differences between large values", () => {
    expect(sampleDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBe(1);
  });

  it("are null for too few values", () => {
    expect([mean([]), sampleDeviation([]), sampleDeviation([3])]).toEqual([null, null, null]);
  });
});

describe("quantile", () => {
  it("interpolates like NumPy", () => {
    // numpy.quantile([1, 2, 4, 8], [0, 0.025, 0.5, 0.9, 1])
    const sorted = [1, 2, 4, 8];
    const expected = [1, 1.075, 3, 6.8, 8];
    [0, 0.025, 0.5, 0.9, 1].forEach((fraction, index) => {
      expect(quantile(sorted, fraction)).toBeCloseTo(expected[index]!, 12);
    });
    expect(quantile([7], 0.3)).toBe(7);
  });

  it("rejects an empty list and fractions outside of 0 to 1", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => quantile([1], 1.1)).toThrow(RangeError);
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });
});

const pairs = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), {
    minLength: 2,
    maxLength: 30,
  })
  .map((items) => [items.map(([a]) => a), items.map(([, b]) => b)] as const);

describe("rankCorrelation", () => {
  it("equals SciPy's, including ties", () => {
    // scipy.stats.spearmanr
    const cases: [number[], number[], number][] = [
      [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
      [[1, 2, 2, 3, 5, 0], [2, 1, 3, 3, 4, 4], 0.1343433226559697],
      [[0.1, -3, 7, 2], [10, 400, -2, 5], -1],
    ];
    for (const [a, b, expected] of cases) {
      expect(Math.abs(rankCorrelation(a, b)! - expected)).toBeLessThan(1e-12);
    }
  });

  it("depends only on the order", () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const value = rankCorrelation(a, b);
        const stretched = a.map((each) => Math.exp(each));
        expect(rankCorrelation(stretched, b)).toEqual(value);
        expect(rankCorrelation(b, a)).toEqual(value);
        const turned = rankCorrelation(
          a.map((each) => -each),
          b,
        );
        if (value === null) expect(turned).toBeNull();
        else expect(turned).toBeCloseTo(-value, 12);
      }),
    );
  });

  it("is null if a side is constant, and rejects different lengths", () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(rankCorrelation([], [])).toBeNull();
    expect(() => rankCorrelation([1], [1, 2])).toThrow(RangeError);
  });
});
