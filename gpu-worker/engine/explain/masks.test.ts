import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { sampledMasks } from "./masks.ts";

const LIME = new URL("../../../infra/golden/lime/", import.meta.url);
const SETTINGS = { kind: "sampled", samples: 64, seed: 0 } as const;

describe("sampledMasks", () => {
  it.each([
    ["lime_time_n64_v001", 5],
    ["lime_time_source_n64_v001", 25],
  ])("draws the original's masks of %s from its seed", async (file, components) => {
    const golden = JSON.parse(await readFile(new URL(`${file}.json`, LIME), "utf8")) as {
      masks: string[];
    };
    const { masks, supplied, settings } = sampledMasks(SETTINGS, components, undefined);
    expect(masks.map((mask) => mask.join(""))).toEqual(golden.masks);
    expect({ supplied, settings }).toEqual({ supplied: false, settings: SETTINGS });
  });

  it("finds the 32 distinct masks among 2,048 of five components", () => {
    const { masks, distinct, indexOf } = sampledMasks({ ...SETTINGS, samples: 2048 }, 5, undefined);
    expect(masks).toHaveLength(2048);
    expect(distinct).toHaveLength(32);
    expect([...distinct[0]!]).toEqual([1, 1, 1, 1, 1]);
    expect(masks.every((mask, row) => mask.join() === distinct[indexOf[row]!]!.join())).toBe(true);
  });

  it("uses the caller's masks instead, regardless of their number", () => {
    const given = [
      [1, 1],
      [0, 1],
      [0, 1],
    ];
    const { masks, distinct, supplied, settings } = sampledMasks(SETTINGS, 2, given);
    expect(masks.map((mask) => [...mask])).toEqual(given);
    expect(distinct).toHaveLength(2);
    expect({ supplied, settings }).toEqual({
      supplied: true,
      settings: { kind: "sampled", samples: 3, seed: 0 },
    });
  });

  it.each([
    ["not an array", {}],
    ["the wrong length", [[1], [1]]],
    [
      "no bits",
      [
        [1, 1],
        [0.5, 1],
      ],
    ],
    [
      "a first row that is not the whole",
      [
        [0, 1],
        [1, 1],
      ],
    ],
    ["null", null],
  ])("turns away masks that are %s", (_, masks) => {
    expect(() => sampledMasks(SETTINGS, 2, masks)).toThrow(InputError);
  });
});
