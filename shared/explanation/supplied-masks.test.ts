import { describe, expect, it } from "vitest";
import { MaskError, parseMasks } from "./supplied-masks.ts";

describe("parseMasks", () => {
  it("reads rows of bits", () => {
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
  ])("refuses %s", (_, json, message) => {
    expect(() => parseMasks(json, 2)).toThrow(MaskError);
    expect(() => parseMasks(json, 2)).toThrow(message);
  });
});
