import { describe, expect, it } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { decimalNumber, wholeNumber } from "./option-values.ts";

describe("wholeNumber", () => {
  it("reads digits", () => {
    expect([
      wholeNumber("seed", "0"),
      wholeNumber("seed", "4294967295", { max: 0xffffffff }),
    ]).toEqual([0, 0xffffffff]);
  });

  it.each(["", "-1", "1.5", "1e3", " 1", "0x10", "9999999999999999"])("refuses %j", (text) => {
    expect(() => wholeNumber("seed", text)).toThrow(`--seed must be a whole number, not "${text}"`);
  });

  it("refuses a number outside its range", () => {
    const range = { min: 2, max: 10 };
    expect(() => wholeNumber("seed", "11", range)).toThrow("--seed must be at most 10, not 11");
    expect(() => wholeNumber("seed", "1", range)).toThrow("--seed must be at least 2, not 1");
  });
});

describe("decimalNumber", () => {
  it.each([
    ["0.001", 0.001],
    ["1e-3", 0.001],
    [".5", 0.5],
    ["1", 1],
  ])("reads %s", (text, value) => {
    expect(decimalNumber("lr", text, 0, 1)).toBe(value);
  });

  it.each(["", "-1", "NaN", "Infinity", "1.", "0x1", "1,5", "2"])("refuses %j", (text) => {
    expect(() => decimalNumber("lr", text, 0, 1)).toThrow(InputError);
  });
});
