import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MaskError, parseMasks, sampleMasks } from "./sampled-masks.ts";

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

  it("draws the same masks for the same seed and others for another", () => {
    const sampling = { components: 25, samples: 50, seed: 7 };
    expect(sampleMasks(sampling)).toEqual(sampleMasks(sampling));
    expect(sampleMasks(sampling)).not.toEqual(sampleMasks({ ...sampling, seed: 8 }));
  });

  it.each([
    { components: 0, samples: 10, seed: 0 },
    { components: 5, samples: 1, seed: 0 },
    { components: 5, samples: 8193, seed: 0 },
    { components: 5, samples: 10, seed: -1 },
  ])("rejects $components components, $samples samples, seed $seed", (sampling) => {
    expect(() => sampleMasks(sampling)).toThrow(RangeError);
  });
});

describe("parseMasks", () => {
  it("parses rows of bits", () => {
    const json: unknown = JSON.parse("[[1,1,1],[0,1,0]]");
    expect(parseMasks(json, 3)).toEqual([Uint8Array.of(1, 1, 1), Uint8Array.of(0, 1, 0)]);
  });

  const ones = [1, 1];
  it.each([
    ["an object", { masks: [] }, "masks must be a JSON array of arrays of 0 and 1, not an object"],
    ["null", null, "not null"],
    ["a single row", [ones], "there must be 2 to 8192 masks, not 1"],
    ["too many rows", Array(8193).fill(ones), "there must be 2 to 8192 masks, not 8193"],
    ["a row that is no array", [ones, "11"], "mask 1 must be an array of 0 and 1, not a string"],
    ["a short row", [ones, [1]], "mask 1 has 1 bits, but this explanation has 2 components"],
    ["a long row", [[1, 1, 1], ones], "mask 0 has 3 bits"],
    ["a number that is no bit", [ones, [1, 2]], "bit 1 of mask 1 must be 0 or 1, not 2"],
    ["a boolean", [ones, [true, 0]], "bit 0 of mask 1 must be 0 or 1, not true"],
    ["a nested array", [ones, [[1], 0]], "not an array"],
    ["a first row with a zero", [[1, 0], ones], "mask 0 must be all ones"],
  ])("rejects %s", (_, json, message) => {
    expect(() => parseMasks(json, 2)).toThrow(MaskError);
    expect(() => parseMasks(json, 2)).toThrow(message);
  });
});
