import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponential, logarithm, powerOfTwo, sigmoid } from "./exponential.ts";

describe("exponential", () => {
  it("agrees with Math.exp to the last digits", () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
      }),
      { numRuns: 5000 },
    );
  });

  it("is exact at 0, is 0 far below and rejects large numbers", () => {
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
  it("leaves no bits behind for powers of two and exponentials", () => {
    logarithm(0.1);
    expect([powerOfTwo(0), exponential(0), sigmoid(0)]).toEqual([1, 1, 0.5]);
  });

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

  it("returns the same bits on every host", () => {
    expect([3, 25, 1e300].map(logarithm)).toEqual([
      1.0986122886681098, 3.2188758248682006, 690.7755278982137,
    ]);
    expect(logarithm(1)).toBe(0);
  });

  it("rejects numbers without a logarithm, and subnormal ones", () => {
    for (const x of [0, -1, NaN, Infinity, 5e-324]) {
      expect(() => logarithm(x)).toThrow(RangeError);
    }
  });
});

describe("sigmoid", () => {
  it("agrees with Math.exp within a relative error of 3e-10", () => {
    fc.assert(
      fc.property(fc.double({ min: -690, max: 690, noNaN: true }), (logit) => {
        const expected = 1 / (1 + Math.exp(-logit));
        expect(Math.abs(sigmoid(logit) / expected - 1)).toBeLessThan(3e-10);
      }),
      { numRuns: 5000 },
    );
  });

  it("is one half at 0 and stays between 0 and 1", () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(1e9)).toBe(1);
    expect(sigmoid(-1e9)).toBeGreaterThanOrEqual(0);
    expect(sigmoid(-1e9)).toBeLessThan(1e-300);
  });

  it("is monotonic", () => {
    let falls = 0;
    for (let logit = -20; logit < 20; logit += 1 / 1024) {
      if (sigmoid(logit + 1 / 1024) <= sigmoid(logit)) falls++;
    }
    expect(falls).toBe(0);
  });
});
