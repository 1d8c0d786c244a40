import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { cpuRuntime } from "../runtime/node/cpu-runtime.fixture.ts";
import { golden } from "./fixtures/golden.ts";
import { createLogMel, SILENCE_DB } from "./log-mel.ts";

const logMel = createLogMel(DEFAULT_FRONT_END, cpuRuntime);
const mix = golden("mix.wav");
const expected = golden("logmel_mix.f32");
const actual = logMel(mix);
const FRAMES = 1876;

/** Level in dB of the loudest band of each frame. */
const loudest = Float64Array.from({ length: FRAMES }, (_, frame) => {
  let peak = SILENCE_DB;
  for (let band = 0; band < 256; band++) peak = Math.max(peak, expected[band * FRAMES + frame]!);
  return peak;
});

/** Largest difference in dB among the bins that `counts` selects by level and frame peak. */
function largestDifference(counts: (level: number, peak: number) => boolean): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    if (!counts(expected[i]!, loudest[i % FRAMES]!)) continue;
    largest = Math.max(largest, Math.abs(actual.data[i]! - expected[i]!));
  }
  return largest;
}

describe("createLogMel against torchaudio", () => {
  it("returns the same shape", () => {
    expect(actual).toMatchObject({ bands: 256, frames: FRAMES });
    expect(actual.data).toHaveLength(expected.length);
  });

  it("agrees within 1e-3 dB above -60 dB, within float32's range in each frame", () => {
    const within = largestDifference((level, peak) => level > -60 && level > peak - 60);
    expect(within).toBeLessThan(1e-3);
    // Below that the golden file shows its own FFT noise: 2^-24 of the frame's loudest amplitude.
    expect(largestDifference((level) => level > -60)).toBeLessThan(0.01);
    expect(largestDifference(() => true)).toBeLessThan(0.4);
  });

  it("differs everywhere by at most float32's rounding of the loudest band", () => {
    let worst = 0;
    for (let i = 0; i < expected.length; i++) {
      const noise = 2 ** -23 * 10 ** ((loudest[i % FRAMES]! - expected[i]!) / 20);
      const allowed = 5e-4 + 20 * Math.log10(1 + noise);
      worst = Math.max(worst, Math.abs(actual.data[i]! - expected[i]!) / allowed);
    }
    expect(worst).toBeLessThan(1);
  });

  it("agrees with a direct float64 transform up to the rounding of filter weights", () => {
    const basis = golden("mel_basis.f32");
    const frame = 700;
    const power = Float64Array.from({ length: 257 }, (_, bin) => {
      let real = 0;
      let imaginary = 0;
      for (let n = 0; n < 512; n++) {
        const angle = (2 * Math.PI * ((n * bin) % 512)) / 512;
        const x = mix[frame * 256 - 256 + n]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 512));
        real += x * Math.cos(angle);
        imaginary -= x * Math.sin(angle);
      }
      return real * real + imaginary * imaginary;
    });
    for (let band = 0; band < 256; band++) {
      let sum = 0;
      for (let bin = 0; bin < 257; bin++) sum += basis[band * 257 + bin]! * power[bin]!;
      const level = 10 * Math.log10(Math.max(sum, 1e-10));
      expect(Math.abs(actual.data[band * FRAMES + frame]! - level)).toBeLessThan(4e-4);
    }
  });
});

describe("createLogMel", () => {
  it("returns -100 dB for silence", () => {
    const { data, frames } = logMel(new Float32Array(1000));
    expect(frames).toBe(4);
    expect(data.every((x) => x === SILENCE_DB)).toBe(true);
  });

  it("needs one sample more than half a frame", () => {
    expect(() => logMel(new Float32Array(256))).toThrow(InputError);
    expect(() => logMel(new Float32Array())).toThrow(/at least 257 are needed/);
    expect(logMel(new Float32Array(257).fill(0.1)).frames).toBe(2);
  });
});
