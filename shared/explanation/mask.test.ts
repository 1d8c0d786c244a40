import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allMasks, distinctMasks, kept, maskOfNumber, numberOfMask } from "./mask.ts";

const url = new URL("../../infra/golden/lime/rng.json", import.meta.url);
const { exhaustive_3 }: { exhaustive_3: number[][] } = JSON.parse(readFileSync(url, "utf8"));

describe("allMasks", () => {
  it("has the original's order", () => {
    expect(allMasks(3).map((mask) => [...mask])).toEqual(exhaustive_3);
  });

  it("lists every mask once", () => {
    expect(distinctMasks(allMasks(12)).distinct).toHaveLength(4096);
  });

  it.each([0, 13, 1.5])("rejects %s components", (components) => {
    expect(() => allMasks(components)).toThrow(RangeError);
  });
});

describe("distinctMasks", () => {
  it("rebuilds any list of masks from the distinct ones", () => {
    const mask = fc.uint8Array({ minLength: 4, maxLength: 4, max: 1 });
    fc.assert(
      fc.property(fc.array(mask), (masks) => {
        const { distinct, indexOf } = distinctMasks(masks);
        expect(Array.from(indexOf, (index) => distinct[index])).toEqual(masks);
        expect(distinct).toHaveLength(new Set(masks.map(String)).size);
      }),
    );
  });

  it("lists them in order of first appearance", () => {
    const masks = ["110", "110", "001", "110", "100"].map((row) => Uint8Array.from(row, Number));
    expect(Array.from(distinctMasks(masks).indexOf)).toEqual([0, 0, 1, 0, 2]);
  });
});

describe("kept", () => {
  it("counts ones", () => {
    expect(kept(Uint8Array.of(1, 0, 1, 1))).toBe(3);
    expect(kept(new Uint8Array(5))).toBe(0);
  });
});

describe("numbers of masks", () => {
  it("have component i at bit i", () => {
    expect(numberOfMask(Uint8Array.of(1, 0, 0, 1))).toBe(9);
    expect(maskOfNumber(9, 5)).toEqual(Uint8Array.of(1, 0, 0, 1, 0));
  });

  it("convert back to the same mask, up to 30 components", () => {
    for (const number of [0, 1, 2 ** 25 - 1, 2 ** 29 + 5, 2 ** 30 - 1]) {
      expect(numberOfMask(maskOfNumber(number, 30))).toBe(number);
    }
    expect(() => numberOfMask(new Uint8Array(31))).toThrow(RangeError);
  });
});
