import { describe, expect, it } from "vitest";
import { bassLine, bassShare } from "./bass-share.ts";

describe("bassShare", () => {
  it("extends higher at the bass's harmonics than between them", () => {
    const bins = 300;
    const frames = 10;
    const values = new Float32Array(frames * bins);
    for (let frame = 0; frame < frames; frame++) {
      for (const [index, bin] of [20, 40, 60].entries())
        values[frame * bins + bin] = 1 / (1 + index);
    }
    const grid = { binHertz: 5, hopSeconds: 0.03 };
    const tonal = new Float32Array(values.length).fill(1);
    const share = bassShare({ frames, bins, values, ...grid }, tonal);
    const at = (hertz: number) => share.values[5 * share.bins + hertz / 5]!;
    expect(at(60)).toBeGreaterThan(0.99);
    expect(at(300)).toBeGreaterThan(at(250));
    expect(at(1000)).toBeLessThan(0.01);
    expect(share.values.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});

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

  it("ignores a percussive frame", () => {
    const notes = Array<number>(20).fill(55);
    notes[10] = 150;
    const magnitudes = tones(notes);
    const tonal = new Float32Array(magnitudes.values.length).fill(1);
    tonal.fill(0.01, 10 * BINS, 11 * BINS);
    const line = bassLine(magnitudes, tonal);
    expect(line[10]).toBe(line[9]);
  });

  it("returns a value in silence", () => {
    const silence = tones([55]);
    silence.values.fill(0);
    expect(bassLine(silence, new Float32Array(BINS).fill(1))[0]).toBeGreaterThan(0);
  });
});
