import { describe, expect, it } from "vitest";
import { allMasks } from "./mask.ts";
import { sigmoid } from "./sigmoid.ts";
import { tallyMasks } from "./tally-masks.ts";

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

  it("takes the smallest mask number of equals", () => {
    const { lowest, highest } = tallyMasks(allMasks(3), new Array(8).fill(1));
    expect(lowest[2]!.mask).toEqual(Uint8Array.of(1, 1, 0));
    expect(highest[1]!.mask).toEqual(Uint8Array.of(1, 0, 0));
  });

  it("refuses masks that are not all, or logits that are none", () => {
    expect(() => tallyMasks([], [])).toThrow(RangeError);
    expect(() => tallyMasks(allMasks(2).slice(1), logits.slice(1))).toThrow(RangeError);
    expect(() => tallyMasks([...allMasks(2).slice(1), Uint8Array.of(0, 0)], logits)).toThrow(
      RangeError,
    );
    expect(() => tallyMasks(allMasks(2), [0, 0, 0, NaN])).toThrow(RangeError);
    expect(() => tallyMasks(allMasks(2), [0, 0, 0])).toThrow(RangeError);
  });
});
