import type { StabilitySettings } from "@lemons/shared/contract/stability";
import type { Mask } from "@lemons/shared/explanation/mask";
import { sampleMasks } from "@lemons/shared/explanation/sampled-masks";
import { describe, expect, it } from "vitest";
import { stabilityOf, summariseStability } from "./stability.ts";

const COMPONENTS = 9;
const settings: Pick<StabilitySettings, "samples" | "top" | "kernelWidth"> = {
  samples: [64, 256],
  top: 3,
  kernelWidth: 0.25,
};

/** Masks of a seed, scored by a linear model. */
function repeatOf(seed: number, weights: readonly number[], samples = 256) {
  const masks = sampleMasks({ components: COMPONENTS, samples, seed });
  const answer = (mask: Mask) =>
    0.2 + weights.reduce((sum, weight, component) => sum + weight * mask[component]!, 0);
  return { masks, relevances: Float64Array.from(masks, answer) };
}

const low = [0.2, 0.19, 0.18, 0, 0, 0, 0, 0, 0];
const high = [0, 0, 0, 0, 0, 0, 0.18, 0.19, 0.2];

describe("stabilityOf", () => {
  it("counts k components if all repeats agree", () => {
    const repeats = [1, 2, 3].map((seed) => repeatOf(seed, low));
    for (const point of stabilityOf({ repeats, settings, exactWeights: () => low })) {
      expect(point.unique).toBe(3);
      expect(point.topAgreement).toBe(1);
    }
  });

  it("counts the distinct components of all repeats, and compares each repeat with the exact top", () => {
    const repeats = [repeatOf(1, low), repeatOf(2, high)];
    const points = stabilityOf({ repeats, settings, exactWeights: () => low });
    expect(points.map(({ samples, unique }) => [samples, unique])).toEqual([
      [64, 6],
      [256, 6],
    ]);
    expect(points.map(({ topAgreement }) => topAgreement)).toEqual([0.5, 0.5]);
  });

  it("compares the weights with the exact ones for the same number of samples", () => {
    const requested: number[] = [];
    const half = low.map((weight) => weight / 2);
    const [few, many] = stabilityOf({
      repeats: [repeatOf(1, low)],
      settings,
      exactWeights: (samples) => {
        requested.push(samples);
        return half;
      },
    });
    expect(requested).toEqual([64, 256]);
    // The fit tends to `low`, whose relative distance from `half` is 1.
    expect(Math.abs(many!.weightError! - 1)).toBeLessThan(0.1);
    expect(Math.abs(many!.weightError! - 1)).toBeLessThan(Math.abs(few!.weightError! - 1));
  });

  it("uses a prefix of the masks for fewer samples, as an explanation with that seed does", () => {
    const whole = stabilityOf({ repeats: [repeatOf(5, low)], settings, exactWeights: () => high });
    const [alone] = stabilityOf({
      repeats: [repeatOf(5, low, 64)],
      settings: { ...settings, samples: [64] },
      exactWeights: () => high,
    });
    expect(whole[0]).toEqual(alone);
  });

  it("returns null comparisons without an exact explanation", () => {
    const [point] = stabilityOf({ repeats: [repeatOf(1, low)], settings, exactWeights: null });
    expect(point).toMatchObject({ unique: 3, topAgreement: null, weightError: null });
  });
});

describe("summariseStability", () => {
  const track = (unique: number, topAgreement: number | null, weightError: number | null) => ({
    points: [{ samples: 64, unique, topAgreement, weightError }],
  });

  it("returns means over tracks, and the median of the error", () => {
    const tracks = [track(3, 1, 0.1), track(4, 0.5, 0.2), track(8, 0, 3)];
    const [summary] = summariseStability(tracks, { samples: [64], top: 3 });
    expect(summary).toEqual({
      samples: 64,
      uniqueMean: 5,
      uniqueSd: Math.sqrt(7),
      stable: 1 / 3,
      topAgreement: 0.5,
      weightError: 0.2,
    });
  });

  it("leaves out tracks without an exact explanation", () => {
    const tracks = [track(3, null, null), track(5, null, null)];
    const [summary] = summariseStability(tracks, { samples: [64], top: 3 });
    expect(summary).toMatchObject({ uniqueMean: 4, topAgreement: null, weightError: null });
    const mixed = summariseStability([...tracks, track(4, 1, 0.5)], { samples: [64], top: 3 });
    expect(mixed[0]).toMatchObject({ topAgreement: 1, weightError: 0.5 });
  });
});
