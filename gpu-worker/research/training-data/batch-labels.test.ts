import { describe, expect, it } from "vitest";
import { balancedWeights, batchLabels } from "./batch-labels.ts";
import type { ExamplePlan } from "./plan-epoch.ts";

const crop = (track: number, mixed: (ExamplePlan & { kind: "crop" })["mixed"] = null) =>
  ({
    kind: "crop",
    place: { track, position: 0 },
    gainDb: 0,
    speedPercent: 0,
    noiseDb: null,
    mixed,
    noiseSeed: 0,
  }) satisfies ExamplePlan;
const silence: ExamplePlan = { kind: "silence", noiseDb: null, noiseSeed: 0 };
const table = [
  [1, 0],
  [0, 0],
];
const labelOf = (track: number, head: number) => table[track]![head]!;

describe("batchLabels", () => {
  it("gives each head the label of the track, and silence the label 0", () => {
    const plain = { labelOf, positiveWeights: [3, 1], smoothing: 0 };
    const { labels, labelWeights } = batchLabels([crop(0), crop(1), silence], plain);
    expect([...labels]).toEqual([1, 0, 0, 0, 0, 0]);
    expect([...labelWeights]).toEqual([3, 1, 1, 1, 1, 1]);
  });

  it("mixes labels and weights, and smooths labels except those of silence", () => {
    const settings = { labelOf, positiveWeights: [3, 1], smoothing: 0.125 };
    const mixed = { place: { track: 0, position: 0 }, share: 0.25 };
    const { labels, labelWeights } = batchLabels([crop(1, mixed), silence], settings);
    expect([...labels]).toEqual([0.875 * 0.25 + 0.0625, 0.0625, 0, 0]);
    expect([...labelWeights]).toEqual([1.5, 1, 1, 1]);
  });
});

describe("balancedWeights", () => {
  it("returns negatives divided by positives", () => {
    const weights = balancedWeights([
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [1, 1, 1, 0],
    ]);
    expect(weights).toEqual([3, 1, 1 / 3]);
  });
});
