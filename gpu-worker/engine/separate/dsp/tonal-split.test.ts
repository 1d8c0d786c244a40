import { describe, expect, it } from "vitest";
import { frequencyBands } from "./magnitudes.ts";
import { centreFactor, pianoWeight, stereoCentre, tonalWeights } from "./tonal-split.ts";

describe("tonal weights", () => {
  it("favours voice in its register and other above it", () => {
    const { vocals, other } = tonalWeights(2049, 10);
    expect(vocals[70]).toBeGreaterThan(2 * other[70]!);
    expect(other[600]).toBeGreaterThan(2 * vocals[600]!);
    expect(Math.min(...vocals, ...other)).toBeGreaterThan(0.05);
    expect([...vocals, ...other].every(Number.isFinite)).toBe(true);
  });

  it("favours piano for sharp attacks and voice in the stereo centre", () => {
    expect(pianoWeight(4)).toBeGreaterThan(pianoWeight(1));
    expect(centreFactor(1)).toBe(1);
    expect(centreFactor(0)).toBeCloseTo(0.2, 9);
  });
});

const BINS = 65;
const bands = frequencyBands(BINS, 100);

function spectrum(gain: number) {
  const real = Float32Array.from({ length: BINS }, (_, bin) => gain * Math.cos(bin));
  const imaginary = Float32Array.from({ length: BINS }, (_, bin) => gain * Math.sin(bin));
  return { frames: 1, bins: BINS, real, imaginary };
}

describe("stereoCentre", () => {
  it("is one in the centre, less to the side, zero in one channel or out of phase", () => {
    const mean = (left: number, right: number) => {
      const found = stereoCentre([spectrum(left), spectrum(right)], bands)!;
      return found.reduce((sum, value) => sum + value, 0) / found.length;
    };
    expect(mean(1, 1)).toBeCloseTo(1, 6);
    expect(mean(0.9, 0.4)).toBeCloseTo(0.72 / 0.97, 5);
    expect(mean(1, 0)).toBe(0);
    expect(mean(1, -1)).toBe(0);
    expect(mean(0, 0)).toBe(1);
  });

  it("returns null for mono and surround", () => {
    expect(stereoCentre([spectrum(1)], bands)).toBeNull();
    expect(stereoCentre([spectrum(1), spectrum(1), spectrum(1)], bands)).toBeNull();
  });
});
