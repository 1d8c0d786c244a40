import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exhaustiveMoments } from "./exhaustive-moments.ts";
import { kernelWeights } from "./kernel.ts";
import { type Enumerated, randomStatistics } from "./random-statistics.fixture.ts";
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

  it("is symmetric and positive for 25 components at any width", () => {
    const n = 25;
    const bySize = new Float64Array(n + 1);
    const statistics = {
      components: n,
      origin: 0.7,
      riseSum: bySize,
      riseSquareSum: bySize,
      riseSumOn: new Float64Array((n + 1) * n),
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

  it("refuses numbers out of range", () => {
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
