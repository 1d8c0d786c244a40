import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponential, logarithm, powerOfTwo } from "./exponential.ts";

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

describe("logarithm", () => {
  it("agrees with Math.log to the last digits", () => {
    const positive = fc.double({ min: 2 ** -1022, noNaN: true, noDefaultInfinity: true });
    const ordinary = fc.double({ min: 1e-6, max: 64, noNaN: true });
    fc.assert(
      fc.property(fc.oneof(positive, ordinary), (x) => {
        const expected = Math.log(x);
        const tolerance = 1e-15 * Math.max(Math.abs(expected), Math.abs(x - 1));
        expect(Math.abs(logarithm(x) - expected)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 5000 },
    );
  });

  it("is the same to the last bit wherever it runs", () => {
    expect([3, 25, 1e300].map(logarithm)).toEqual([
      1.0986122886681098, 3.2188758248682006, 690.7755278982137,
    ]);
    expect(logarithm(1)).toBe(0);
  });

  it("refuses what has none, and what is too small", () => {
    for (const x of [0, -1, NaN, Infinity, 5e-324]) {
      expect(() => logarithm(x)).toThrow(RangeError);
    }
  });
});
