import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponential, powerOfTwo } from "./exponential.ts";

describe("exponential", () => {
  it("agrees with Math.exp to the last digits", () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
      }),
      { numRuns: 5000 },
    );
  });

  it("is exact at 0, 0 far below and refuses what is too large", () => {
    expect(exponential(0)).toBe(1);
    expect(exponential(-1e6)).toBe(0);
    expect(() => exponential(710)).toThrow(RangeError);
    expect(exponential(NaN)).toBeNaN();
  });
});

describe("powerOfTwo", () => {
  it("is exact", () => {
    for (let n = -1022; n <= 1023; n++) expect(powerOfTwo(n)).toBe(2 ** n);
  });
});
