import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FeatureSelection } from "../contract/explanation-request.ts";
import { exhaustiveMoments, fitExhaustively } from "./exhaustive-fit.ts";
import { kernelWeights } from "./kernel.ts";
import { fitLocal, fitMoments } from "./local-fit.ts";
import { numberOfMask } from "./mask.ts";
import { type Enumerated, randomlyEnumerated, randomStatistics } from "./random.fixture.ts";
import { sampleMasks } from "./sampled-masks.ts";
import { weightedMoments } from "./weighted-moments.ts";

const settings = fc.record({
  effectiveSamples: fc.integer({ min: 2, max: 8192 }),
  kernelWidth: fc.double({ min: 0.01, max: 10, noNaN: true }),
});

/** The whole track once, then every mask at its expected number of draws. */
function plainLoop(
  { masks, relevances }: Enumerated,
  { effectiveSamples, kernelWidth }: { effectiveSamples: number; kernelWidth: number },
) {
  const draws = (effectiveSamples - 1) / masks.length;
  const weights = kernelWeights(masks, kernelWidth).map((weight) => weight * draws);
  return weightedMoments([masks[0]!, ...masks], [relevances[0]!, ...relevances], [1, ...weights]);
}

describe("exhaustiveMoments", () => {
  it("equals a plain loop over all masks", () => {
    fc.assert(
      fc.property(randomStatistics(9), settings, (all, { effectiveSamples, kernelWidth }) => {
        const { statistics } = all;
        const exact = exhaustiveMoments({ statistics, effectiveSamples, kernelWidth });
        const plain = plainLoop(all, { effectiveSamples, kernelWidth });
        const scale = plain.gram[0]!;
        expect(exact.predictionMean).toBeCloseTo(plain.predictionMean, 12);
        exact.maskMean.forEach((mean, i) => {
          expect(mean).toBeCloseTo(plain.maskMean[i]!, 12);
        });
        exact.gram.forEach((value, i) => {
          expect(Math.abs(value - plain.gram[i]!)).toBeLessThanOrEqual(1e-11 * scale);
        });
        const crossScale = Math.sqrt(scale * plain.predictionScatter);
        exact.cross.forEach((value, i) => {
          expect(Math.abs(value - plain.cross[i]!)).toBeLessThanOrEqual(1e-9 * crossScale + 1e-15);
        });
        const scatterError = exact.predictionScatter - plain.predictionScatter;
        expect(Math.abs(scatterError)).toBeLessThanOrEqual(1e-9 * plain.predictionScatter + 1e-15);
      }),
      { numRuns: 60 },
    );
  });

  it("is symmetric and positive definite for 25 components at any width", () => {
    const n = 25;
    const bySize = new Float64Array(n + 1);
    const statistics = {
      components: n,
      origin: 0.7,
      riseSum: bySize,
      riseSquareSum: bySize,
      riseSumOn: new Float64Array((n + 1) * n),
      inaudible: [],
      lowest: [],
      highest: [],
    };
    for (const kernelWidth of [0.01, 0.05, 0.25, 1, 10]) {
      const { gram } = exhaustiveMoments({ statistics, effectiveSamples: 2048, kernelWidth });
      const difference = gram[0]! - gram[1]!;
      const together = gram[0]! + (n - 1) * gram[1]!;
      expect(difference).toBeGreaterThan(0);
      expect(together).toBeGreaterThan(0);
    }
  });

  it("rejects numbers out of range", () => {
    fc.assert(
      fc.property(randomStatistics(2), ({ statistics }) => {
        const of = (effectiveSamples: number, kernelWidth: number) => () =>
          exhaustiveMoments({ statistics, effectiveSamples, kernelWidth });
        expect(of(1, 0.25)).toThrow(RangeError);
        expect(of(NaN, 0.25)).toThrow(RangeError);
        expect(of(Infinity, 0.25)).toThrow(RangeError);
        expect(of(2048, 0)).toThrow(RangeError);
      }),
      { numRuns: 1 },
    );
  });
});

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

  it("is the limit of the mean of sampled fits", () => {
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

  it("explains 1 - p like the original", () => {
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
