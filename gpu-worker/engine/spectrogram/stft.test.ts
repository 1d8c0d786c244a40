import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { cpuRuntime } from "../runtime/node/cpu-runtime.fixture.ts";
import { golden } from "./fixtures/golden.ts";
import { frameCount, periodicHann, reflectPad } from "./framing.ts";
import { createStft } from "./stft.ts";

const mix = golden("mix.wav");

describe("framing", () => {
  it("equals torch's window", () => {
    const expected = golden("window.f32");
    periodicHann(512).forEach((w, n) => {
      expect(Math.abs(w - expected[n]!)).toBeLessThan(2e-7);
    });
  });

  it("mirrors the ends without repeating the edge, like torch's reflect", () => {
    expect([...reflectPad(Float32Array.of(1, 2, 3, 4, 5), 8)]).toEqual([
      5, 4, 3, 2, 1, 2, 3, 4, 5, 4, 3, 2, 1,
    ]);
  });

  it("refuses signals that are too short to mirror", () => {
    expect(() => reflectPad(new Float32Array(256), 512)).toThrow(InputError);
    expect(() => reflectPad(new Float32Array(256), 512)).toThrow(/256 samples, at least 257/);
    expect(reflectPad(new Float32Array(257), 512)).toHaveLength(769);
  });
});

describe("createStft", () => {
  it.each([
    [2048, 512],
    [4096, 1024],
    [512, 256],
  ])("inverts exactly at %i / %i", (nFft, hop) => {
    const stft = createStft({ nFft, hop, window: "hann-periodic" }, cpuRuntime);
    const signal = mix.subarray(100_000, 100_000 + 40 * nFft);
    const back = stft.inverse(stft.forward(signal), signal.length);
    let worst = 0;
    for (let i = 0; i < signal.length; i++) {
      worst = Math.max(worst, Math.abs(back[i]! - signal[i]!));
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it("inverts every length that can be mirrored", () => {
    const stft = createStft({ nFft: 64, hop: 16, window: "hann-periodic" }, cpuRuntime);
    fc.assert(
      fc.property(fc.integer({ min: 33, max: 500 }), fc.nat(1000), (length, start) => {
        const signal = mix.subarray(start + 200_000, start + 200_000 + length);
        const spectrum = stft.forward(signal);
        expect(spectrum.frames).toBe(frameCount(length, 16));
        const back = stft.inverse(spectrum, length);
        for (let i = 0; i < length; i++) expect(Math.abs(back[i]! - signal[i]!)).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it("maps a sine of amplitude 1 to a peak of nFft / 4", () => {
    const stft = createStft({ nFft: 1024, hop: 256, window: "hann-periodic" }, cpuRuntime);
    const signal = Float32Array.from({ length: 8192 }, (_, n) =>
      Math.cos((2 * Math.PI * 100 * n) / 1024),
    );
    const { bins, real, imaginary } = stft.forward(signal);
    const at = 16 * bins + 100;
    expect(Math.hypot(real[at]!, imaginary[at]!)).toBeCloseTo(1024 / 4, 3);
    expect(Math.hypot(real[at + 5]!, imaginary[at + 5]!)).toBeLessThan(1e-3);
  });

  it("refuses samples that no frame covers and spectra of another size", () => {
    const stft = createStft({ nFft: 64, hop: 16, window: "hann-periodic" }, cpuRuntime);
    const spectrum = stft.forward(mix.subarray(0, 160));
    expect(() => stft.inverse(spectrum, 400)).toThrow(RangeError);
    expect(() => stft.inverse({ ...spectrum, bins: 65 }, 160)).toThrow(RangeError);
  });
});
