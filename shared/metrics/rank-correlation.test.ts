import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rankCorrelation } from "./rank-correlation.ts";

const pairs = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), {
    minLength: 2,
    maxLength: 30,
  })
  .map((items) => [items.map(([a]) => a), items.map(([, b]) => b)] as const);

describe("rankCorrelation", () => {
  it("equals SciPy's, ties included", () => {
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

  it("sees the order alone", () => {
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

  it("is null where a side is constant, and refuses what does not pair", () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(rankCorrelation([], [])).toBeNull();
    expect(() => rankCorrelation([1], [1, 2])).toThrow(RangeError);
  });
});
