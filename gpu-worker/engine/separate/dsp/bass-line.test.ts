import { describe, expect, it } from "vitest";
import { bassLine } from "./bass-line.ts";

const BINS = 300;
const BIN_HERTZ = 5;

/** Frames of harmonics of one fundamental each, falling by half. */
function tones(fundamentals: number[]) {
  const values = new Float32Array(fundamentals.length * BINS);
  for (const [frame, fundamental] of fundamentals.entries()) {
    for (let harmonic = 1; harmonic <= 6; harmonic++) {
      const bin = Math.round((harmonic * fundamental) / BIN_HERTZ);
      values[frame * BINS + bin] = 0.5 ** harmonic;
    }
  }
  const { length: frames } = fundamentals;
  return { frames, bins: BINS, values, binHertz: BIN_HERTZ, hopSeconds: 0.03 };
}

describe("bassLine", () => {
  it("follows the fundamental through a change of note", () => {
    const notes = [...Array<number>(20).fill(55), ...Array<number>(20).fill(82.5)];
    const magnitudes = tones(notes);
    const line = bassLine(magnitudes, new Float32Array(magnitudes.values.length).fill(1));
    for (const [frame, hertz] of line.entries()) {
      expect(Math.abs(12 * Math.log2(hertz / notes[frame]!))).toBeLessThan(0.6);
    }
  });

  it("is not led astray by a percussive frame", () => {
    const notes = Array<number>(20).fill(55);
    notes[10] = 150;
    const magnitudes = tones(notes);
    const tonal = new Float32Array(magnitudes.values.length).fill(1);
    tonal.fill(0.01, 10 * BINS, 11 * BINS);
    const line = bassLine(magnitudes, tonal);
    expect(line[10]).toBe(line[9]);
  });

  it("answers in silence", () => {
    const silence = tones([55]);
    silence.values.fill(0);
    expect(bassLine(silence, new Float32Array(BINS).fill(1))[0]).toBeGreaterThan(0);
  });
});
