import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frequencyBands, lowPass, magnitudesOf, oddWidth, poolBands } from "./magnitudes.ts";

describe("magnitudesOf", () => {
  it("keeps sounds that are out of phase between channels", () => {
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
  it("returns the odd number nearest to the quotient, at least one", () => {
    expect([0, 0.4, 1.9, 2.1, 12.4, 16.9].map((extent) => oddWidth(extent, 1))).toEqual([
      1, 1, 1, 3, 13, 17,
    ]);
  });
});

describe("lowPass", () => {
  it("is one half at the corner and falls from one to zero", () => {
    expect(lowPass(200, 200, 8)).toBe(0.5);
    expect(lowPass(0, 200, 8)).toBe(1);
    expect(lowPass(2000, 200, 8)).toBeLessThan(1e-7);
  });
});

describe("frequencyBands", () => {
  it("covers every bin once, in order, at any rate", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(257, 513, 1025, 2049, 4097),
        fc.double({ min: 4, max: 24, noNaN: true }),
        (bins, binHertz) => {
          const bands = frequencyBands(bins, binHertz);
          expect(bands.ofBin[0]).toBe(0);
          expect(bands.ofBin[bins - 1]).toBe(bands.count - 1);
          const steps = [...bands.ofBin].slice(1).map((band, index) => band - bands.ofBin[index]!);
          expect(steps.every((step) => step === 0 || step === 1)).toBe(true);
          const low = steps.slice(0, Math.floor(500 / binHertz) - 1);
          expect(low.every((step) => step === 1)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("has quarter tones at the top", () => {
    const { hertz } = frequencyBands(2049, 44_100 / 4096);
    expect(hertz.at(-2)! / hertz.at(-3)!).toBeCloseTo(2 ** (1 / 24), 2);
  });
});

describe("poolBands", () => {
  it("sums the weighted bins of each band", () => {
    const bands = frequencyBands(1025, 8);
    const values = new Float32Array(2 * 1025).fill(1);
    const magnitudes = { frames: 2, bins: 1025, values, binHertz: 8, hopSeconds: 0.03 };
    const all = poolBands(magnitudes, bands);
    expect(all.reduce((sum, value) => sum + value, 0)).toBe(2 * 1025);
    const half = poolBands(magnitudes, bands, new Float32Array(2 * 1025).fill(0.5));
    expect([...half]).toEqual([...all].map((value) => value / 2));
  });
});
