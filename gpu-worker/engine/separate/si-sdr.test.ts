import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { energyOf, siSdr } from "./si-sdr.ts";

describe("siSdr", () => {
  it("returns the formula's value for a worked example", () => {
    // a = <e, s> / <s, s> = 7 / 5, |a s|^2 = 9.8, |a s - e|^2 = |e|^2 - |a s|^2 = 0.2.
    const reference = [Float32Array.of(1, 2)];
    const estimate = [Float32Array.of(1, 3)];
    expect(siSdr(reference, estimate)).toBeCloseTo(10 * Math.log10(9.8 / 0.2), 6);
  });

  it("ignores the estimate's scale and sign", () => {
    const signal = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 4, maxLength: 40 });
    fc.assert(
      fc.property(signal, fc.constantFrom(-3, 0.25, 2), (values, scale) => {
        const reference = [Float32Array.from(values, (_, i) => (i % 3) - 0.9)];
        const estimate = [Float32Array.from(values)];
        fc.pre(values.some((value) => value !== 0));
        const scaled = [Float32Array.from(values, (value) => value * scale)];
        const plain = siSdr(reference, estimate);
        if (!Number.isFinite(plain)) return;
        expect(siSdr(reference, scaled)).toBeCloseTo(plain, 6);
      }),
    );
  });

  it("returns infinities for a scaled copy and for an estimate without the source", () => {
    const reference = [Float32Array.of(1, 0, 2), Float32Array.of(0, 1, 0)];
    const louder = reference.map((samples) => samples.map((x) => 4 * x));
    expect(siSdr(reference, louder)).toBe(Number.POSITIVE_INFINITY);
    expect(siSdr(reference, [new Float32Array(3), new Float32Array(3)])).toBe(-Infinity);
    expect(siSdr([Float32Array.of(1, 0)], [Float32Array.of(0, 1)])).toBe(-Infinity);
  });

  it("returns NaN for a silent reference and throws on other shapes", () => {
    expect(siSdr([new Float32Array(2)], [Float32Array.of(1, 1)])).toBeNaN();
    expect(() => siSdr([new Float32Array(2)], [])).toThrow(RangeError);
    expect(() => siSdr([new Float32Array(2)], [new Float32Array(3)])).toThrow(RangeError);
  });
});

describe("energyOf", () => {
  it("sums squares over channels", () => {
    expect(energyOf([Float32Array.of(1, 2), Float32Array.of(3)])).toBe(14);
  });
});
