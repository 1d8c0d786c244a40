import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureSelection } from "../contract/explanation-request.ts";
import { selectFeatures } from "./feature-selection.ts";
import { kernelWeights } from "./kernel.ts";
import { randomResponses } from "./random.fixture.ts";
import { ridge } from "./ridge.ts";
import { type WeightedMoments, weightedMoments } from "./weighted-moments.ts";

type Responses = { masks: Uint8Array[]; predictions: number[] };

function momentsOf({ masks, predictions }: Responses): WeightedMoments {
  return weightedMoments(masks, predictions, kernelWeights(masks, 0.25));
}

describe("selectFeatures", () => {
  it("adds the component that raises R squared most, like refitting", () => {
    fc.assert(
      fc.property(randomResponses, (responses) => {
        const moments = momentsOf(responses);
        const chosen = selectFeatures(moments, "forward_selection", 4);
        chosen.forEach((component, step) => {
          const before = chosen.slice(0, step);
          const reached = ridge(moments, [...before, component], 0).fidelity;
          for (let other = 0; other < moments.components; other++) {
            if (before.includes(other)) continue;
            const fidelity = ridge(moments, [...before, other], 0).fidelity;
            expect(fidelity).toBeLessThan(reached + 1e-9);
          }
        });
      }),
    );
  });

  it.each(FeatureSelection.options)(
    "%s keeps different components, no more than asked",
    (method) => {
      fc.assert(
        fc.property(randomResponses, fc.integer({ min: 1, max: 64 }), (responses, features) => {
          const { components } = momentsOf(responses);
          const chosen = selectFeatures(momentsOf(responses), method, features);
          expect(new Set(chosen).size).toBe(chosen.length);
          expect(chosen.every((index) => index >= 0 && index < components)).toBe(true);
          expect(chosen.length).toBeGreaterThan(0);
          if (method === "none") expect(chosen).toHaveLength(components);
          else if (method === "lasso_path")
            expect(chosen).toEqual(chosen.toSorted((a, b) => a - b));
          else expect(chosen).toHaveLength(Math.min(features, components));
        }),
        { numRuns: 50 },
      );
    },
  );

  it("adds the remaining components even if they add nothing", () => {
    const masks = ["111", "110", "001", "001"].map((row) => Uint8Array.from(row, Number));
    const moments = momentsOf({ masks, predictions: [0.9, 0.9, 0.1, 0.1] });
    expect(selectFeatures(moments, "forward_selection", 3)).toEqual([0, 1, 2]);
  });

  it("keeps all components on the lasso's path of constant predictions, like LIME", () => {
    const masks = ["11", "10", "01"].map((row) => Uint8Array.from(row, Number));
    const moments = momentsOf({ masks, predictions: [0.5, 0.5, 0.5] });
    expect(selectFeatures(moments, "lasso_path", 1)).toEqual([0, 1]);
  });
});
