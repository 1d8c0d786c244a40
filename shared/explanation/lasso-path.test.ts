import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelWeights } from "./kernel.ts";
import { lassoPath } from "./lasso-path.ts";
import { randomResponses } from "./random.fixture.ts";
import { type WeightedMoments, weightedMoments } from "./weighted-moments.ts";

/** Correlation of each component with what the coefficients leave unexplained. */
function correlations({ components, gram, cross }: WeightedMoments, beta: Float64Array): number[] {
  return Array.from({ length: components }, (_, i) =>
    beta.reduce((rest, value, j) => rest - gram[i * components + j]! * value, cross[i]!),
  );
}

describe("lassoPath", () => {
  it("is optimal at every breakpoint (Karush, Kuhn and Tucker's conditions)", () => {
    fc.assert(
      fc.property(randomResponses, ({ masks, predictions }) => {
        fc.pre(masks.length >= 3 * masks[0]!.length);
        const moments = weightedMoments(masks, predictions, kernelWeights(masks, 0.25));
        let previous = Number.POSITIVE_INFINITY;
        for (const beta of lassoPath(moments)) {
          const correlation = correlations(moments, beta);
          const penalty = Math.max(...correlation.map(Math.abs));
          expect(penalty).toBeLessThan(previous + 1e-9);
          previous = penalty;
          beta.forEach((value, i) => {
            // A component in the model has the largest correlation, with the sign of its weight.
            if (value === 0) return;
            expect(Math.abs(correlation[i]! - Math.sign(value) * penalty)).toBeLessThan(1e-9);
          });
        }
      }),
    );
  });

  it("leads from no coefficients to the fit without a penalty", () => {
    fc.assert(
      fc.property(randomResponses, ({ masks, predictions }) => {
        fc.pre(masks.length >= 3 * masks[0]!.length);
        const moments = weightedMoments(masks, predictions, kernelWeights(masks, 0.5));
        const path = lassoPath(moments);
        expect(path[0]!.every((value) => value === 0)).toBe(true);
        for (const correlation of correlations(moments, path.at(-1)!)) {
          expect(Math.abs(correlation)).toBeLessThan(1e-4);
        }
      }),
    );
  });

  it("drops a component whose weight would change its sign", () => {
    // Components 0 and 1 are alike at first sight; with 2 in the model, 0 is not needed any more.
    const moments = {
      samples: 3,
      components: 3,
      gram: Float64Array.of(1, 0.7, 0.7, 0.7, 1, 0, 0.7, 0, 1),
      cross: Float64Array.of(1.3, 1, 0.9),
    };
    const path = lassoPath(moments);
    const present = path.map((beta) => beta.reduce((set, v, i) => (v === 0 ? set : set + i), ""));
    expect(present.some((now, i) => i > 0 && now.length <= present[i - 1]!.length)).toBe(true);
  });

  it("has only its start for constant predictions", () => {
    const moments = {
      samples: 2,
      components: 2,
      gram: new Float64Array(4),
      cross: new Float64Array(2),
    };
    expect(lassoPath(moments)).toEqual([new Float64Array(2)]);
  });
});
