import { ConverterType, create } from "@alexanderolsen/libsamplerate-js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignment, levelDb, noise, sine } from "./fixtures/signals.ts";
import { resample } from "./resample.ts";

function largestDifference(a: Float32Array, b: Float32Array, margin = 0): number {
  let largest = 0;
  for (let i = margin; i < a.length - margin; i++)
    largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

describe("resample", () => {
  it.each([
    [44_100, 16_000],
    [48_000, 16_000],
    [16_000, 44_100],
    [44_101, 16_000],
    [11_025, 48_000],
  ])("keeps a 1 kHz tone in place from %i to %i Hz", (from, to) => {
    const output = resample(sine(from, 1000, from, 0.3), from, to);
    expect(output).toHaveLength(to);
    expect(largestDifference(output, sine(to, 1000, to, 0.3), to / 20)).toBeLessThan(2e-6);
  });

  it("passes up to 7.3 kHz and attenuates by 100 dB from 8 kHz on, to 16 kHz", () => {
    const level = (hertz: number) =>
      levelDb(resample(sine(44_100, hertz, 44_100), 44_100, 16_000).subarray(1000, -1000));
    expect(level(100)).toBeCloseTo(0, 3);
    expect(level(7300)).toBeCloseTo(0, 2);
    for (const hertz of [8010, 10_000, 15_000, 20_000]) expect(level(hertz)).toBeLessThan(-100);
  });

  it("agrees with libsamplerate's best sinc in the common pass band", async () => {
    const signal = noise(22_050, 5);
    const smooth = resample(resample(signal, 44_100, 12_000), 12_000, 44_100);
    const reference = await create(1, 44_100, 16_000, {
      converterType: ConverterType.SRC_SINC_BEST_QUALITY,
    });
    const padded = new Float32Array(smooth.length + 4000);
    padded.set(smooth);
    const expected = reference.full(padded).slice(0, 8000);
    reference.destroy();
    expect(largestDifference(resample(smooth, 44_100, 16_000), expected, 200)).toBeLessThan(1e-5);
  });

  it("adds no delay", () => {
    const signal = noise(24_000, 9);
    const there = resample(signal, 16_000, 44_100);
    const back = resample(there, 44_100, 16_000);
    const { lag, correlation } = alignment(signal, back, 50);
    expect(lag).toBe(0);
    expect(correlation).toBeGreaterThan(0.99);
  });

  it("is linear: resampled parts sum to the resampled mix", () => {
    const parts = [1, 2, 3, 4, 5].map((seed) => noise(20_000, seed));
    const mix = Float32Array.from({ length: 20_000 }, (_, i) =>
      parts.reduce((sum, part) => sum + part[i]!, 0),
    );
    const resampled = parts.map((part) => resample(part, 44_100, 16_000));
    const sum = resampled[0]!.map((_, i) => resampled.reduce((s, part) => s + part[i]!, 0));
    expect(largestDifference(sum, resample(mix, 44_100, 16_000))).toBeLessThan(1e-6);
  });

  it("returns round(samples x ratio) samples and keeps constants", () => {
    const rate = fc.integer({ min: 4000, max: 96_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), rate, rate, (samples, from, to) => {
        const output = resample(new Float32Array(samples).fill(0.5), from, to);
        expect(output).toHaveLength(Math.round((samples * to) / from));
        const centre = output[output.length >> 1];
        const reach = 100 * Math.max(1, from / to);
        if (samples > 2 * reach) expect(centre).toBeCloseTo(0.5, 6);
      }),
      { numRuns: 30 },
    );
  });

  it("copies at equal rates and throws for invalid rates", () => {
    const signal = noise(100, 1);
    const copy = resample(signal, 8000, 8000);
    expect(copy).toEqual(signal);
    expect(copy).not.toBe(signal);
    expect(() => resample(signal, 0, 8000)).toThrow(RangeError);
    expect(() => resample(signal, 8000, 44.1)).toThrow(RangeError);
  });
});
