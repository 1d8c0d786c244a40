import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseByteRange } from "./byte-range.ts";

describe("parseByteRange", () => {
  it("returns the bytes of the same slice", () => {
    const bytes = fc.nat({ max: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), bytes, bytes, (size, first, last) => {
        const expected = Array.from({ length: size }, (_, i) => i).slice(first, last + 1);
        const range = parseByteRange(`bytes=${first}-${last}`, size);
        if (expected.length === 0) return range === "unsatisfiable";
        return (
          typeof range === "object" &&
          range.offset === expected[0] &&
          range.length === expected.length
        );
      }),
    );
  });

  it("never leaves the object", () => {
    const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9,-]{0,20}$/));
    fc.assert(
      fc.property(header, fc.nat({ max: 1000 }), (text, size) => {
        const range = parseByteRange(text, size);
        return (
          typeof range === "string" ||
          (range.offset >= 0 && range.length > 0 && range.offset + range.length <= size)
        );
      }),
    );
  });

  it.each([
    [undefined, "whole"],
    ["items=0-1", "whole"],
    ["bytes=0-0,2-3", "whole"],
    ["bytes=0-0, , -1", "whole"],
    ["bytes=0-0,x", "unsatisfiable"],
    ["bytes=0-0,-", "unsatisfiable"],
    ["bytes=", "unsatisfiable"],
    ["bytes=-", "unsatisfiable"],
    ["bytes=99999999999999999999-", "unsatisfiable"],
    ["bytes=2-9007199254740993", { offset: 2, length: 8 }],
    ["bytes=0-99999999999999999999999999999999", { offset: 0, length: 10 }],
    ["bytes=-99999999999999999999", { offset: 0, length: 10 }],
    [`bytes=0-${"9".repeat(400)}`, { offset: 0, length: 10 }],
    ["bytes=00000000000000000000000000000003-4,", { offset: 3, length: 2 }],
  ])("reads %s as %o", (header, expected) => {
    expect(parseByteRange(header, 10)).toEqual(expected);
  });

  it("satisfies no range of an empty object", () => {
    for (const header of ["bytes=0-", "bytes=-1", "bytes=0-0"]) {
      expect(parseByteRange(header, 0)).toBe("unsatisfiable");
    }
  });
});
