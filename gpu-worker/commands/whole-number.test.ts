import { describe, expect, it } from "vitest";
import { wholeNumber } from "./whole-number.ts";

describe("wholeNumber", () => {
  it("reads digits", () => {
    expect([wholeNumber("seed", "0"), wholeNumber("seed", "4294967295", 0xffffffff)]).toEqual([
      0, 0xffffffff,
    ]);
  });

  it.each(["", "-1", "1.5", "1e3", " 1", "0x10", "9999999999999999"])("refuses %j", (text) => {
    expect(() => wholeNumber("seed", text)).toThrow(`--seed must be a whole number, not "${text}"`);
  });

  it("refuses what is above the limit", () => {
    expect(() => wholeNumber("seed", "11", 10)).toThrow("--seed must be at most 10, not 11");
  });
});
