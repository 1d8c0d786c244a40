import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberOfMask } from "./mask.ts";
import { enumerated, randomStatistics } from "./random.fixture.ts";
import { shapleyValues } from "./shapley.ts";

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]),
  );
}

describe("shapleyValues", () => {
  it("is the mean gain over all orders", () => {
    fc.assert(
      fc.property(randomStatistics(6), ({ masks, relevances, statistics }) => {
        const n = statistics.components;
        const relevanceOf = new Map(masks.map((m, row) => [numberOfMask(m), relevances[row]!]));
        const orders = permutations(Array.from({ length: n }, (_, i) => i));
        const expected = new Float64Array(n);
        for (const order of orders) {
          let number = 0;
          for (const component of order) {
            const before = relevanceOf.get(number)!;
            number |= 1 << component;
            expected[component]! += (relevanceOf.get(number)! - before) / orders.length;
          }
        }
        shapleyValues(statistics).forEach((value, i) => {
          expect(value).toBeCloseTo(expected[i]!, 12);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("adds up to the relevance of the whole track minus that of silence", () => {
    fc.assert(
      fc.property(randomStatistics(10), ({ relevances, statistics }) => {
        const sum = shapleyValues(statistics).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(relevances[0]! - relevances.at(-1)!, 12);
      }),
    );
  });

  it("is equal for equal components, and exactly 0 for one without effect", () => {
    const { statistics } = enumerated(4, (mask) => {
      const [a, b, c] = mask as unknown as [number, number, number];
      return a + b + 2 * a * b - c;
    });
    const [a, b, c, nothing] = shapleyValues(statistics) as unknown as [
      number,
      number,
      number,
      number,
    ];
    expect(a).toBeCloseTo(b, 14);
    expect(a).toBeGreaterThan(0);
    expect(c).toBeLessThan(0);
    expect(nothing).toBe(0);
  });
});
