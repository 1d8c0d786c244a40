import type { Augmentation } from "@lemons/shared/contract/training";
import { describe, expect, it } from "vitest";
import { type EpochSettings, planEpoch, silentExamples, stepsOf } from "./plan-epoch.ts";

const NO_AUGMENTATION: Augmentation = { gainDb: 0, speedPercent: 0, noiseDb: 0, mixup: 0 };

const settings: EpochSettings = {
  seed: 7,
  tracks: 13,
  batchSize: 10,
  cropsPerTrack: 2,
  silence: 0.2,
  augmentation: NO_AUGMENTATION,
};

describe("planEpoch", () => {
  it("takes the given number of crops per track, and fills the last batch", () => {
    const plan = planEpoch(settings, 1);
    expect(stepsOf(settings)).toBe(4);
    expect(plan.map((batch) => batch.length)).toEqual([10, 10, 10, 10]);
    const tracks = plan.flat().flatMap((each) => (each.kind === "crop" ? [each.place.track] : []));
    expect(tracks).toHaveLength(4 * 8);
    const counts = Array.from({ length: 13 }, (_, t) => tracks.filter((x) => x === t).length);
    expect(Math.min(...counts)).toBe(2);
    expect(Math.max(...counts)).toBe(3);
  });

  it("depends on seed and epoch alone", () => {
    expect(planEpoch(settings, 3)).toEqual(planEpoch(settings, 3));
    expect(planEpoch(settings, 4)).not.toEqual(planEpoch(settings, 3));
    expect(planEpoch({ ...settings, seed: 8 }, 3)).not.toEqual(planEpoch(settings, 3));
  });

  it("draws plain crops without augmentation and silence", () => {
    const plain = planEpoch({ ...settings, silence: 0 }, 1).flat();
    for (const example of plain) {
      expect(example).toMatchObject({
        kind: "crop",
        gainDb: 0,
        speedPercent: 0,
        noiseDb: null,
        mixed: null,
      });
    }
  });

  it("makes the given share of each batch silent, half of it exactly", () => {
    expect(silentExamples({ ...settings, silence: 0.24 })).toBe(2);
    const many = { ...settings, cropsPerTrack: 60 };
    const plan = planEpoch(many, 1);
    const silent = plan.map((batch) => batch.filter(({ kind }) => kind === "silence"));
    expect(new Set(silent.map(({ length }) => length))).toEqual(new Set([2]));
    const exact = silent.flat().filter(({ noiseDb }) => noiseDb === null).length;
    const share = exact / silent.flat().length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.2);
  });

  it("keeps each variation within its range", () => {
    const augmentation = { gainDb: 6, speedPercent: 4, noiseDb: 40, mixup: 0.3 };
    const plan = planEpoch({ ...settings, cropsPerTrack: 100, augmentation }, 1).flat();
    const crops = plan.filter((example) => example.kind === "crop");
    const speeds = crops.map(({ speedPercent }) => speedPercent);
    expect(new Set(speeds)).toEqual(new Set([-4, -3, -2, -1, 0, 1, 2, 3, 4]));
    for (const { gainDb, noiseDb, mixed } of crops) {
      expect(Math.abs(gainDb)).toBeLessThanOrEqual(6);
      expect(noiseDb).toBeGreaterThanOrEqual(-80);
      expect(noiseDb).toBeLessThanOrEqual(-40);
      expect(mixed!.share).toBeLessThan(0.3);
      expect(mixed!.place.track).toBeLessThan(13);
    }
  });
});
