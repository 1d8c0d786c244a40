import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureSelection } from "../contract/explanation-request.ts";
import { explainsIrrelevance, fitLocal, targetPredictions } from "./local-fit.ts";
import { randomResponses } from "./random.fixture.ts";
import { sampleMasks } from "./sampled-masks.ts";

describe("targetPredictions", () => {
  it("is the relevance for the target relevance", () => {
    expect([...targetPredictions("relevance", [0.25, 0.75])]).toEqual([0.25, 0.75]);
  });

  it("is the predicted class for the target predicted-class", () => {
    expect([...targetPredictions("predicted-class", [0.75, 0.25])]).toEqual([0.75, 0.25]);
    expect([...targetPredictions("predicted-class", [0.25, 0.75])]).toEqual([0.75, 0.25]);
  });

  it("treats a relevance of one half as relevant, like NumPy's argsort", () => {
    expect(explainsIrrelevance("predicted-class", 0.5)).toBe(false);
    expect(explainsIrrelevance("predicted-class", 0.499)).toBe(true);
    expect(explainsIrrelevance("relevance", 0.1)).toBe(false);
  });

  it("rejects an empty list", () => {
    expect(() => targetPredictions("relevance", [])).toThrow(RangeError);
  });
});

interface GoldenFit {
  feature_selection: FeatureSelection;
  num_features: number;
  used_features: number[];
  sorted_exp: [number, number][];
  intercept: number;
  score: number;
  local_pred: number;
}

function golden(name: string): { masks: string[]; p: number[]; results: GoldenFit[] } {
  const url = new URL(`../../infra/golden/lime/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}

const files = ["lime_time_n64_v001", "lime_time_source_n64_v001"];

describe.each(files)("fitLocal on %s", (name) => {
  const { masks: rows, p, results } = golden(name);
  const masks = rows.map((row) => Uint8Array.from(row, Number));

  it.each(results)("equals audioLIME: $feature_selection, $num_features features", (expected) => {
    const fit = fitLocal({
      masks,
      predictions: p,
      kernelWidth: 0.25,
      featureSelection: expected.feature_selection,
      features: expected.num_features,
    });
    expect(fit.usedFeatures).toEqual(expected.used_features);
    const weights = new Array<number>(masks[0]!.length).fill(0);
    for (const [index, weight] of expected.sorted_exp) weights[index] = weight;
    fit.weights.forEach((weight, i) => {
      expect(Math.abs(weight - weights[i]!)).toBeLessThan(1e-10);
    });
    expect(Math.abs(fit.intercept - expected.intercept)).toBeLessThan(1e-10);
    expect(Math.abs(fit.fidelity - expected.score)).toBeLessThan(1e-10);
    expect(Math.abs(fit.localPrediction - expected.local_pred)).toBeLessThan(1e-10);
  });
});

describe("fitLocal", () => {
  const options = { kernelWidth: 0.25, featureSelection: "none" } as const;

  it.each(FeatureSelection.options)("does not depend on the order of the masks: %s", (method) => {
    fc.assert(
      fc.property(randomResponses, fc.integer({ min: 1, max: 12 }), (responses, features) => {
        const { masks, predictions } = responses;
        const question = { kernelWidth: 0.25, featureSelection: method, features };
        // Beyond the rank of the data, forward selection has only ties to choose from.
        fc.pre(masks.length > 3 * masks[0]!.length);
        const mirrored = {
          masks: [masks[0]!, ...masks.slice(1).reverse()],
          predictions: [predictions[0]!, ...predictions.slice(1).reverse()],
        };
        const fit = fitLocal({ ...responses, ...question });
        const same = fitLocal({ ...mirrored, ...question });
        expect(same.usedFeatures).toEqual(fit.usedFeatures);
        fit.weights.forEach((weight, i) => {
          expect(Math.abs(weight - same.weights[i]!)).toBeLessThan(1e-9);
        });
        expect(Math.abs(fit.fidelity - same.fidelity)).toBeLessThan(1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it("gives unselected components no weight", () => {
    const masks = sampleMasks({ components: 6, samples: 100, seed: 3 });
    const predictions = masks.map((mask) => 0.2 + 0.5 * mask[2]! + 0.1 * mask[4]!);
    const fit = fitLocal({
      ...options,
      masks,
      predictions,
      featureSelection: "highest_weights",
      features: 1,
    });
    expect(fit.usedFeatures).toEqual([2]);
    expect(fit.weights.map((weight) => weight !== 0)).toEqual([
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(fit.localPrediction).toBe(fit.intercept + fit.weights[2]!);
  });

  it("accepts another penalty", () => {
    const masks = sampleMasks({ components: 4, samples: 64, seed: 5 });
    const predictions = masks.map((mask) => 0.1 + 0.3 * mask[1]! - 0.05 * mask[3]!);
    const exact = fitLocal({ ...options, masks, predictions, alpha: 0 });
    [0, 0.3, 0, -0.05].forEach((weight, i) => {
      expect(exact.weights[i]).toBeCloseTo(weight, 12);
    });
    expect(exact.fidelity).toBeCloseTo(1, 12);
    const shrunk = fitLocal({ ...options, masks, predictions, alpha: 1e9 });
    for (const weight of shrunk.weights) expect(weight).toBeCloseTo(0, 6);
  });

  it("handles 8,192 masks of 40 components for every feature selection", () => {
    const masks = sampleMasks({ components: 40, samples: 8192, seed: 9 });
    const slopes = Array.from({ length: 40 }, (_, i) => Math.sin(7 * i) / 10);
    const predictions = masks.map((mask) =>
      slopes.reduce((y, slope, i) => y + slope * mask[i]!, 0),
    );
    for (const featureSelection of FeatureSelection.options) {
      const { weights, fidelity } = fitLocal({ ...options, masks, predictions, featureSelection });
      expect(fidelity).toBeGreaterThan(0.99);
      expect(Math.abs(weights[3]! - slopes[3]!)).toBeLessThan(0.01);
    }
  });

  const masks = [Uint8Array.of(1, 1), Uint8Array.of(0, 1)];
  it.each([
    ["no mask", { masks: [], predictions: [] }],
    ["a first mask with a zero", { masks: masks.toReversed() }],
    ["a kernel width of 0", { kernelWidth: 0 }],
    ["a negative penalty", { alpha: -1 }],
    ["no features", { features: 0 }],
    ["too few predictions", { predictions: [1] }],
  ])("rejects %s", (_, change) => {
    const input = { masks, predictions: [0.5, 0.25], ...options };
    expect(() => fitLocal({ ...input, ...change })).toThrow(RangeError);
  });
});
