import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureSelection } from "../contract/explanation-request.ts";
import { fitExhaustively } from "./exhaustive-fit.ts";
import { kernelWeights } from "./kernel.ts";
import { fitLocal, fitMoments } from "./local-fit.ts";
import { numberOfMask } from "./mask-number.ts";
import { randomlyEnumerated, randomStatistics } from "./random-statistics.fixture.ts";
import { sampleMasks } from "./sampled-masks.ts";
import { weightedMoments } from "./weighted-moments.ts";

const question = { target: "relevance", featureSelection: "none" } as const;

describe("fitExhaustively", () => {
  it.each(FeatureSelection.options)("equals the fit of a plain loop: %s", (featureSelection) => {
    const features = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(randomStatistics(9), features, ({ masks, relevances, statistics }, count) => {
        const exact = fitExhaustively({
          ...{ ...question, statistics, effectiveSamples: 2048, kernelWidth: 0.25 },
          ...{ featureSelection, features: count },
        });
        const weights = kernelWeights(masks, 0.25).map((w) => (w * 2047) / masks.length);
        const moments = weightedMoments(
          [masks[0]!, ...masks],
          [relevances[0]!, ...relevances],
          [1, ...weights],
        );
        const plain = fitMoments(
          { ...moments, samples: 2048 },
          { featureSelection, features: count },
        );
        expect(exact.usedFeatures).toEqual(plain.usedFeatures);
        exact.weights.forEach((weight, i) => {
          expect(Math.abs(weight - plain.weights[i]!)).toBeLessThan(1e-8);
        });
        expect(exact.intercept).toBeCloseTo(plain.intercept, 8);
        expect(exact.fidelity).toBeCloseTo(plain.fidelity, 8);
        expect(exact.localPrediction).toBeCloseTo(plain.localPrediction, 8);
      }),
      { numRuns: 25 },
    );
  });

  it("is what sampled fits tend to in the mean", () => {
    const components = 8;
    const samples = 400;
    const { masks, relevances, statistics } = randomlyEnumerated(components, 5);
    const byNumber = new Float64Array(2 ** components);
    masks.forEach((mask, row) => {
      byNumber[numberOfMask(mask)] = relevances[row]!;
    });
    const exact = fitExhaustively({
      ...{ ...question, statistics, effectiveSamples: samples, kernelWidth: 0.25 },
    });
    const runs = 200;
    const mean = new Float64Array(components);
    let spread = 0;
    for (let seed = 0; seed < runs; seed++) {
      const drawn = sampleMasks({ components, samples, seed });
      const { weights } = fitLocal({
        masks: drawn,
        predictions: drawn.map((mask) => byNumber[numberOfMask(mask)]!),
        kernelWidth: 0.25,
        featureSelection: "none",
      });
      weights.forEach((weight, i) => {
        mean[i]! += weight / runs;
        spread += (weight - exact.weights[i]!) ** 2 / runs / components;
      });
    }
    const deviation = Math.sqrt(spread);
    // The mean of 200 runs lies within a third of one run's deviation: 4.7 standard errors.
    expect(deviation).toBeGreaterThan(1e-3);
    mean.forEach((weight, i) => {
      expect(Math.abs(weight - exact.weights[i]!)).toBeLessThan(deviation / 3);
    });
  });

  it("explains 1 - p where the original would", () => {
    const settings = { effectiveSamples: 2048, kernelWidth: 0.25, ...question };
    fc.assert(
      fc.property(randomStatistics(6), ({ statistics }) => {
        const relevance = fitExhaustively({ ...settings, statistics });
        const original = fitExhaustively({ ...settings, statistics, target: "predicted-class" });
        const sign = statistics.origin < 0.5 ? -1 : 1;
        expect(original.weights.map((weight) => sign * weight + 0)).toEqual(
          relevance.weights.map((weight) => weight + 0),
        );
        expect(original.localPrediction).toBeCloseTo(
          sign === 1 ? relevance.localPrediction : 1 - relevance.localPrediction,
          12,
        );
        expect(original.fidelity).toBeCloseTo(relevance.fidelity, 12);
      }),
    );
  });

  it("recovers a linear model without penalty", () => {
    const { statistics, relevances } = randomlyEnumerated(1, 3);
    const [on, off] = relevances as [number, number];
    const { weights, intercept, fidelity } = fitExhaustively({
      ...{ ...question, statistics, effectiveSamples: 2048, kernelWidth: 1, alpha: 0 },
    });
    expect(weights[0]).toBeCloseTo(on - off, 12);
    expect(intercept).toBeCloseTo(off, 12);
    expect(fidelity).toBeCloseTo(1, 12);
  });
});
