import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelWeights } from "./kernel.ts";
import { randomResponses } from "./random.fixture.ts";
import { weightedMoments } from "./weighted-moments.ts";

const masks = [Uint8Array.of(1, 1), Uint8Array.of(1, 0), Uint8Array.of(0, 1)];

describe("weightedMoments", () => {
  it("are correct for a small example", () => {
    const moments = weightedMoments(masks, [4, 2, 1], [1, 1, 2]);
    expect([...moments.maskMean]).toEqual([0.5, 0.75]);
    expect(moments.predictionMean).toBe(2);
    expect([...moments.gram]).toEqual([1, -0.5, -0.5, 0.75]);
    expect([...moments.cross]).toEqual([2, 0]);
    expect(moments.predictionScatter).toBe(6);
  });

  it("does not depend on the order of the masks", () => {
    fc.assert(
      fc.property(randomResponses, ({ masks, predictions }) => {
        const weights = kernelWeights(masks, 0.25);
        const forwards = weightedMoments(masks, predictions, weights);
        const backwards = weightedMoments(
          masks.toReversed(),
          predictions.toReversed(),
          weights.toReversed(),
        );
        forwards.gram.forEach((value, i) => {
          expect(Math.abs(value - backwards.gram[i]!)).toBeLessThan(1e-12);
        });
        forwards.cross.forEach((value, i) => {
          expect(Math.abs(value - backwards.cross[i]!)).toBeLessThan(1e-12);
        });
      }),
    );
  });

  it("keeps its digits if nearly all weight lies on the whole track", () => {
    const tiny = 1e-14;
    const { gram, cross } = weightedMoments(masks, [0.75, 0.5, 0.25], [1, tiny, tiny]);
    expect(gram[0]! / tiny).toBeCloseTo(1, 12);
    expect(gram[3]! / tiny).toBeCloseTo(1, 12);
    expect(cross[0]! / tiny).toBeCloseTo(0.5, 12);
    expect(cross[1]! / tiny).toBeCloseTo(0.25, 12);
  });

  it.each([
    ["no masks", [], [], []],
    ["masks without components", [new Uint8Array(0)], [1], [1]],
    ["masks of different lengths", [Uint8Array.of(1, 1), Uint8Array.of(1)], [1, 1], [1, 1]],
    ["a missing prediction", masks, [1, 1], [1, 1, 1]],
    ["a missing weight", masks, [1, 1, 1], [1, 1]],
    ["a prediction that is no number", masks, [1, Number.NaN, 1], [1, 1, 1]],
    ["an infinite prediction", masks, [1, 1, Number.POSITIVE_INFINITY], [1, 1, 1]],
    ["weights that are all zero", masks, [1, 1, 1], [0, 0, 0]],
  ])("rejects %s", (_, rows, predictions, weights) => {
    expect(() => weightedMoments(rows, predictions, weights)).toThrow(RangeError);
  });
});
