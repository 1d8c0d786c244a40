import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRealFft } from "./real-fft.ts";

describe("createRealFft", () => {
  it.each([8, 64, 512])("equals the definition for %i points", (size) => {
    const fft = createRealFft(size);
    const signal = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n) + 0.2);
    const spectrum = new Float64Array(2 * fft.bins);
    fft.forward(signal, spectrum);
    for (let k = 0; k < fft.bins; k++) {
      let real = 0;
      let imaginary = 0;
      for (let n = 0; n < size; n++) {
        const angle = (-2 * Math.PI * ((k * n) % size)) / size;
        real += signal[n]! * Math.cos(angle);
        imaginary += signal[n]! * Math.sin(angle);
      }
      expect(spectrum[2 * k]).toBeCloseTo(real, 10);
      expect(spectrum[2 * k + 1]).toBeCloseTo(imaginary, 10);
    }
  });

  it("inverts exactly", () => {
    const size = fc.constantFrom(8, 16, 32, 128, 2048);
    fc.assert(
      fc.property(size, fc.nat(1000), (n, seed) => {
        const fft = createRealFft(n);
        const signal = Float64Array.from({ length: n }, (_, i) => Math.sin(seed + i * i));
        const spectrum = new Float64Array(2 * fft.bins);
        const back = new Float64Array(n);
        fft.forward(signal, spectrum);
        fft.inverse(spectrum, back);
        for (let i = 0; i < n; i++) expect(back[i]).toBeCloseTo(signal[i]!, 12);
      }),
      { numRuns: 30 },
    );
  });

  it("throws for sizes that aren't powers of two", () => {
    for (const size of [0, 4, 12, 500]) expect(() => createRealFft(size)).toThrow(RangeError);
  });
});
