import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sigmoid } from "./sigmoid.ts";

describe("sigmoid", () => {
  it("agrees with Math.exp within 3e-10, relatively", () => {
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

  it("rises", () => {
    let falls = 0;
    for (let logit = -20; logit < 20; logit += 1 / 1024) {
      if (sigmoid(logit + 1 / 1024) <= sigmoid(logit)) falls++;
    }
    expect(falls).toBe(0);
  });
});
