import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMt19937 } from "../explanation/mt19937.ts";
import { bootstrapIntervals, clusterInterval } from "./bootstrap.ts";
import { averagePrecisionOfTally, rocAuc, rocAucOfTally } from "./ranking-metrics.ts";

const METRICS = [rocAucOfTally, averagePrecisionOfTally];
const SETTINGS = { replicates: 400, seed: 3, level: 0.95 };

/** Positives score higher by `shift` standard deviations of a sum of uniforms. */
function overlapping(count: number, shift: number, seed: number) {
  const random = createMt19937(seed);
  const labels = Array.from({ length: count }, (_, item) => item % 3 === 0);
  const noise = () => {
    let sum = -6;
    for (let n = 0; n < 12; n++) sum += random.nextUint32() / 2 ** 32;
    return sum;
  };
  return { labels, scores: labels.map((label) => noise() + (label ? shift : 0)) };
}

describe("bootstrapIntervals", () => {
  it("depends only on the seed", () => {
    const { labels, scores } = overlapping(30, 1, 1);
    const intervals = bootstrapIntervals(labels, scores, METRICS, SETTINGS);
    expect(bootstrapIntervals(labels, scores, METRICS, SETTINGS)).toEqual(intervals);
    const reseeded = bootstrapIntervals(labels, scores, METRICS, { ...SETTINGS, seed: 4 });
    expect(reseeded).not.toEqual(intervals);
  });

  it("keeps both classes, even with one positive among many", () => {
    const labels = [true, ...Array.from({ length: 50 }, () => false)];
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 51, maxLength: 51 }), (scores) => {
        for (const interval of bootstrapIntervals(labels, scores, METRICS, {
          ...SETTINGS,
          replicates: 40,
        })) {
          expect(interval!.low).toBeGreaterThanOrEqual(0);
          expect(interval!.high).toBeGreaterThanOrEqual(interval!.low);
          expect(interval!.high).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is a single point for a perfect ranking", () => {
    const labels = [true, true, false, false, false];
    const intervals = bootstrapIntervals(labels, [9, 8, 3, 2, 1], METRICS, SETTINGS);
    expect(intervals).toEqual([
      { low: 1, high: 1 },
      { low: 1, high: 1 },
    ]);
  });

  it("is as wide as the normal approximation for a large sample", () => {
    const { labels, scores } = overlapping(600, 1, 2);
    const auc = rocAuc(labels, scores)!;
    // Hanley and McNeil 1982, equation 1.
    const [q1, q2] = [auc / (2 - auc), (2 * auc ** 2) / (1 + auc)];
    const [m, n] = [200, 400];
    const variance =
      (auc * (1 - auc) + (m - 1) * (q1 - auc ** 2) + (n - 1) * (q2 - auc ** 2)) / (m * n);
    const [interval] = bootstrapIntervals(labels, scores, [rocAucOfTally], SETTINGS);
    const { low, high } = interval!;
    expect(low).toBeLessThan(auc);
    expect(high).toBeGreaterThan(auc);
    expect((high - low) / (2 * 1.96 * Math.sqrt(variance))).toBeGreaterThan(0.8);
    expect((high - low) / (2 * 1.96 * Math.sqrt(variance))).toBeLessThan(1.25);
  });

  it("widens with the level", () => {
    const { labels, scores } = overlapping(40, 0.5, 5);
    const width = (level: number) => {
      const [interval] = bootstrapIntervals(labels, scores, [rocAucOfTally], {
        ...SETTINGS,
        level,
      });
      return interval!.high - interval!.low;
    };
    expect(width(0.5)).toBeLessThan(width(0.9));
    expect(width(0.9)).toBeLessThan(width(0.99));
  });

  it("is null if a class is missing", () => {
    expect(bootstrapIntervals([true, true], [1, 2], METRICS, SETTINGS)).toEqual([null, null]);
  });

  it.each([{ replicates: 0 }, { replicates: 1.5 }, { level: 0 }, { level: 1 }, { seed: -1 }])(
    "rejects %j",
    (wrong) => {
      const settings = { ...SETTINGS, ...wrong };
      expect(() => bootstrapIntervals([true, false], [1, 2], METRICS, settings)).toThrow(
        RangeError,
      );
    },
  );
});

const settings = { replicates: 2000, seed: 1, level: 0.95 };
const width = (clusters: number[][]) => {
  const { low, high } = clusterInterval(clusters, settings)!;
  return high - low;
};

describe("clusterInterval", () => {
  it("is as wide as the normal approximation for clusters of single values", () => {
    const random = createMt19937(5);
    const values = Array.from({ length: 400 }, () => random.randint(0, 2));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const expected = 2 * 1.96 * Math.sqrt((mean * (1 - mean)) / values.length);
    const measured = width(values.map((value) => [value]));
    expect(measured / expected).toBeGreaterThan(0.9);
    expect(measured / expected).toBeLessThan(1.1);
  });

  it("is wider if equal values are clustered", () => {
    const clusters = [1, 0, 1, 1, 0, 1, 0, 1].map((value) => new Array<number>(10).fill(value));
    expect(width(clusters)).toBeGreaterThan(2 * width(clusters.flat().map((value) => [value])));
  });

  it("depends on the seed, ignores empty clusters, and is null without values", () => {
    const clusters = [[1, 0], [1], [0, 0, 1]];
    const interval = clusterInterval(clusters, settings);
    expect(clusterInterval([[], ...clusters], settings)).toEqual(interval);
    expect(clusterInterval([], settings)).toBeNull();
    expect(clusterInterval([[]], settings)).toBeNull();
    expect(clusterInterval([[1], [1, 1]], settings)).toEqual({ low: 1, high: 1 });
  });

  it.each([{ replicates: 0 }, { level: 1 }, { level: 0 }])("rejects %j", (wrong) => {
    expect(() => clusterInterval([[1]], { ...settings, ...wrong })).toThrow(RangeError);
  });
});
