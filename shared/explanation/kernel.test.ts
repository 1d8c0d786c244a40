import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelWeight, kernelWeights, maskDistance } from "./kernel.ts";
import { kept } from "./mask.ts";

interface GoldenKernel {
  masks: string[];
  distances: number[];
  weights: number[];
  kernel_width: number;
  kernel_width_variants: { kernel_width: number; weights: number[] }[];
}

function largestDifference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  return Math.max(...theirs.map((value, i) => Math.abs(value - ours[i]!)));
}

describe.each(["lime_time_n64_v001", "lime_time_source_n64_v001"])("kernel on %s", (name) => {
  const url = new URL(`../../infra/golden/lime/${name}.json`, import.meta.url);
  const golden: GoldenKernel = JSON.parse(readFileSync(url, "utf8"));
  const masks = golden.masks.map((row) => Uint8Array.from(row, Number));

  it("returns the original's distances", () => {
    const distances = masks.map((mask) => maskDistance(kept(mask), mask.length));
    expect(largestDifference(distances, golden.distances)).toBeLessThan(1e-12);
  });

  it("returns the original's weights", () => {
    const weights = kernelWeights(masks, golden.kernel_width);
    expect(largestDifference(weights, golden.weights)).toBeLessThan(1e-12);
  });

  it.each(golden.kernel_width_variants)(
    "returns the original's weights at width $kernel_width",
    (variant) => {
      const weights = kernelWeights(masks, variant.kernel_width);
      expect(largestDifference(weights, variant.weights)).toBeLessThan(1e-12);
    },
  );
});

describe("kernel", () => {
  it("is 1 for the whole track and smallest for silence", () => {
    expect(kernelWeight(maskDistance(25, 25), 0.25)).toBe(1);
    expect(maskDistance(0, 25)).toBe(1);
    expect(kernelWeight(1, 0.25)).toBeCloseTo(Math.exp(-8), 15);
  });

  it("depends only on the number of ones, and rises with it", () => {
    const mask = fc.uint8Array({ minLength: 2, maxLength: 25, max: 1 });
    fc.assert(
      fc.property(mask, fc.double({ min: 0.1, max: 2, noNaN: true }), (bits, width) => {
        const mirrored = bits.toReversed();
        const fuller = bits.map((bit, i) => (i === bits.indexOf(0) ? 1 : bit));
        const [weight, same, more] = kernelWeights([bits, mirrored, fuller], width);
        expect(same).toBe(weight);
        expect(more).toBeGreaterThanOrEqual(weight!);
      }),
    );
  });
});
