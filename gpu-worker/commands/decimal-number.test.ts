import { describe, expect, it } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { decimalNumber } from "./decimal-number.ts";

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
