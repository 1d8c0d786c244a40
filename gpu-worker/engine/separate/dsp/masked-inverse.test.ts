import { describe, expect, it } from "vitest";
import { cpuRuntime } from "../../runtime/node/cpu-runtime.fixture.ts";
import { createStft } from "../../spectrogram/stft.ts";
import { createMaskedInverse } from "./masked-inverse.ts";

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

describe("createMaskedInverse", () => {
  const stft = createStft({ nFft: 256, hop: 64, window: "hann-periodic" }, cpuRuntime);
  const signal = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i * i * 1e-3) / 2);
  const spectrum = stft.forward(signal);
  const inverse = createMaskedInverse(256, 64, spectrum.frames, signal.length, cpuRuntime);

  it("returns the whole signal under a mask of ones", () => {
    const back = inverse(spectrum, new Float32Array(spectrum.real.length).fill(1));
    expect(largestDifference(signal, back)).toBeLessThan(1e-6);
  });

  it("equals the plain inverse of the weighted spectrum, also on the second use", () => {
    const mask = spectrum.real.map((_, i) => (i % 7) / 7);
    const weighed = {
      ...spectrum,
      real: spectrum.real.map((x, i) => x * mask[i]!),
      imaginary: spectrum.imaginary.map((x, i) => x * mask[i]!),
    };
    const expected = stft.inverse(weighed, signal.length);
    const found = inverse(spectrum, mask);
    expect(largestDifference(expected, found)).toBeLessThan(1e-6);
  });
});
