import { describe, expect, it } from "vitest";
import { maskOfNumber, numberOfMask } from "./mask-number.ts";

describe("numbers of masks", () => {
  it("have component i at bit i", () => {
    expect(numberOfMask(Uint8Array.of(1, 0, 0, 1))).toBe(9);
    expect(maskOfNumber(9, 5)).toEqual(Uint8Array.of(1, 0, 0, 1, 0));
  });

  it("go forth and back up to 30 components", () => {
    for (const number of [0, 1, 2 ** 25 - 1, 2 ** 29 + 5, 2 ** 30 - 1]) {
      expect(numberOfMask(maskOfNumber(number, 30))).toBe(number);
    }
    expect(() => numberOfMask(new Uint8Array(31))).toThrow(RangeError);
  });
});
