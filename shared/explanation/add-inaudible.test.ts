import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addInaudible } from "./add-inaudible.ts";
import { allMasks } from "./mask.ts";
import { numberOfMask } from "./mask-number.ts";
import { randomlyEnumerated } from "./random-statistics.fixture.ts";
import { tallyMasks } from "./tally-masks.ts";

describe("addInaudible", () => {
  it("equals the statistics of all components", () => {
    const audibleOf8 = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1 });
    fc.assert(
      fc.property(audibleOf8, fc.integer({ min: 0, max: 1000 }), (unsorted, seed) => {
        const audible = unsorted.sort((a, b) => a - b);
        const { masks, logits, statistics } = randomlyEnumerated(audible.length, seed);
        const logitOf = new Map(masks.map((mask, row) => [numberOfMask(mask), logits[row]!]));
        const wide = addInaudible(statistics, audible, 8);
        const plain = tallyMasks(
          allMasks(8),
          allMasks(8).map(
            (mask) => logitOf.get(numberOfMask(mask.filter((_, i) => audible.includes(i))))!,
          ),
        );
        for (const sums of ["riseSum", "riseSquareSum", "riseSumOn"] as const) {
          wide[sums].forEach((value, i) => {
            expect(value).toBeCloseTo(plain[sums][i]!, 11);
          });
        }
        expect(wide.lowest).toEqual(plain.lowest);
        expect(wide.highest).toEqual(plain.highest);
        expect(wide.origin).toBe(plain.origin);
      }),
    );
  });
});
