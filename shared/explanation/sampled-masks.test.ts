import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sampleMasks } from "./sampled-masks.ts";

describe("sampleMasks", () => {
  it.each(["lime_time_n64_v001", "lime_time_source_n64_v001"])("draws the masks of %s", (name) => {
    const url = new URL(`../../infra/golden/lime/${name}.json`, import.meta.url);
    const golden: { masks: string[]; seed: number } = JSON.parse(readFileSync(url, "utf8"));
    const masks = sampleMasks({
      components: golden.masks[0]!.length,
      samples: golden.masks.length,
      seed: golden.seed,
    });
    expect(masks.map((mask) => mask.join(""))).toEqual(golden.masks);
  });

  it("gives the same masks for the same seed and others for another", () => {
    const sampling = { components: 25, samples: 50, seed: 7 };
    expect(sampleMasks(sampling)).toEqual(sampleMasks(sampling));
    expect(sampleMasks(sampling)).not.toEqual(sampleMasks({ ...sampling, seed: 8 }));
  });

  it.each([
    { components: 0, samples: 10, seed: 0 },
    { components: 5, samples: 1, seed: 0 },
    { components: 5, samples: 8193, seed: 0 },
    { components: 5, samples: 10, seed: -1 },
  ])("refuses $components components, $samples samples, seed $seed", (sampling) => {
    expect(() => sampleMasks(sampling)).toThrow(RangeError);
  });
});
