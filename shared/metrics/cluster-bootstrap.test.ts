import { describe, expect, it } from "vitest";
import { createMt19937 } from "../explanation/mt19937.ts";
import { clusterInterval } from "./cluster-bootstrap.ts";

const settings = { replicates: 2000, seed: 1, level: 0.95 };
const width = (clusters: number[][]) => {
  const { low, high } = clusterInterval(clusters, settings)!;
  return high - low;
};

describe("clusterInterval", () => {
  it("is as wide as the normal approximation says where clusters are single values", () => {
    const random = createMt19937(5);
    const values = Array.from({ length: 400 }, () => random.randint(0, 2));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const expected = 2 * 1.96 * Math.sqrt((mean * (1 - mean)) / values.length);
    const measured = width(values.map((value) => [value]));
    expect(measured / expected).toBeGreaterThan(0.9);
    expect(measured / expected).toBeLessThan(1.1);
  });

  it("is wider where equal values come in clusters", () => {
    const clusters = [1, 0, 1, 1, 0, 1, 0, 1].map((value) => new Array<number>(10).fill(value));
    expect(width(clusters)).toBeGreaterThan(2 * width(clusters.flat().map((value) => [value])));
  });

  it("is the seed's, passes over empty clusters, and is null without a value", () => {
    const clusters = [[1, 0], [1], [0, 0, 1]];
    const interval = clusterInterval(clusters, settings);
    expect(clusterInterval([[], ...clusters], settings)).toEqual(interval);
    expect(clusterInterval([], settings)).toBeNull();
    expect(clusterInterval([[]], settings)).toBeNull();
    expect(clusterInterval([[1], [1, 1]], settings)).toEqual({ low: 1, high: 1 });
  });

  it.each([{ replicates: 0 }, { level: 1 }, { level: 0 }])("refuses %j", (wrong) => {
    expect(() => clusterInterval([[1]], { ...settings, ...wrong })).toThrow(RangeError);
  });
});
