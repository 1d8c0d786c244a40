import { describe, expect, it } from "vitest";
import { lowPass, magnitudesOf, oddWidth } from "./magnitudes.ts";

describe("magnitudesOf", () => {
  it("keeps what is out of phase between channels", () => {
    const one = {
      frames: 1,
      bins: 2,
      real: Float32Array.of(3, 1),
      imaginary: Float32Array.of(4, 0),
    };
    const inverted = {
      ...one,
      real: one.real.map((x) => -x),
      imaginary: one.imaginary.map((x) => -x),
    };
    const found = magnitudesOf([one, inverted], { binHertz: 1, hopSeconds: 1 });
    expect([...found.values]).toEqual([5, 1]);
  });
});

describe("oddWidth", () => {
  it("is the odd number next to the quotient and never below one", () => {
    expect([0, 0.4, 1.9, 2.1, 12.4, 16.9].map((extent) => oddWidth(extent, 1))).toEqual([
      1, 1, 1, 3, 13, 17,
    ]);
  });
});

describe("lowPass", () => {
  it("is one half at the corner and falls from one to nil", () => {
    expect(lowPass(200, 200, 8)).toBe(0.5);
    expect(lowPass(0, 200, 8)).toBe(1);
    expect(lowPass(2000, 200, 8)).toBeLessThan(1e-7);
  });
});
