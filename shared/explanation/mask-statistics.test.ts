import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sigmoid } from "./exponential.ts";
import { allMasks, numberOfMask } from "./mask.ts";
import { addInaudible, binomials, tallyMasks } from "./mask-statistics.ts";
import { randomlyEnumerated } from "./random.fixture.ts";

it("binomials returns a row of Pascal's triangle", () => {
  expect([...binomials(0)]).toEqual([1]);
  expect([...binomials(5)]).toEqual([1, 5, 10, 10, 5, 1]);
  expect(binomials(25)[12]).toBe(5_200_300);
  expect(binomials(25).reduce((a, b) => a + b)).toBe(2 ** 25);
  expect(binomials(50)[25]).toBe(126_410_606_437_752);
});

describe("tallyMasks", () => {
  const logits = [0.5, 1, 0.5, -2];
  const [both, first, second, none] = logits.map(sigmoid) as [number, number, number, number];

  it("sums rises by the number of kept components", () => {
    const statistics = tallyMasks(allMasks(2), logits);
    expect(statistics.origin).toBe(both);
    expect([...statistics.riseSum]).toEqual([none - both, first - both + (second - both), 0]);
    expect(statistics.riseSquareSum[1]).toBeCloseTo((first - both) ** 2, 15);
    expect([...statistics.riseSumOn]).toEqual([0, 0, first - both, second - both, 0, 0]);
    expect(statistics.highest[1]).toEqual({ logit: 1, mask: Uint8Array.of(1, 0) });
    expect(statistics.lowest[1]).toEqual({ logit: 0.5, mask: Uint8Array.of(0, 1) });
  });

  it("does not depend on the order of the masks", () => {
    expect(tallyMasks(allMasks(2).reverse(), logits.toReversed())).toEqual(
      tallyMasks(allMasks(2), logits),
    );
  });

  it("breaks ties by the smallest mask number", () => {
    const { lowest, highest } = tallyMasks(allMasks(3), new Array(8).fill(1));
    expect(lowest[2]!.mask).toEqual(Uint8Array.of(1, 1, 0));
    expect(highest[1]!.mask).toEqual(Uint8Array.of(1, 0, 0));
  });

  it("rejects missing masks and non-finite logits", () => {
    expect(() => tallyMasks([], [])).toThrow(RangeError);
    expect(() => tallyMasks(allMasks(2).slice(1), logits.slice(1))).toThrow(RangeError);
    expect(() => tallyMasks([...allMasks(2).slice(1), Uint8Array.of(0, 0)], logits)).toThrow(
      RangeError,
    );
    expect(() => tallyMasks(allMasks(2), [0, 0, 0, NaN])).toThrow(RangeError);
    expect(() => tallyMasks(allMasks(2), [0, 0, 0])).toThrow(RangeError);
  });
});

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
