import { describe, expect, it } from "vitest";
import { percussiveShare } from "./harmonic-percussive.ts";

const FRAMES = 80;
const BINS = 200;
const GRID = { binHertz: 10, hopSeconds: 0.03 };

describe("percussiveShare", () => {
  it("separates a steady tone from a click", () => {
    const values = new Float32Array(FRAMES * BINS).fill(0.01);
    for (let frame = 0; frame < FRAMES; frame++) values[frame * BINS + 100] = 10;
    for (let bin = 0; bin < BINS; bin++) values[40 * BINS + bin]! += 5;
    const share = percussiveShare({ frames: FRAMES, bins: BINS, values, ...GRID });
    expect(share[10 * BINS + 100]).toBeLessThan(0.01);
    expect(share[40 * BINS + 150]).toBeGreaterThan(0.99);
    expect(share.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it("separates a kick from a bass note by its length", () => {
    const values = new Float32Array(FRAMES * BINS);
    for (let frame = 20; frame < 60; frame++) values[frame * BINS + 6] = 10;
    for (let frame = 30; frame < 34; frame++) values[frame * BINS + 9] = 10;
    const share = percussiveShare({ frames: FRAMES, bins: BINS, values, ...GRID });
    expect(share[40 * BINS + 6]).toBeLessThan(0.01);
    expect(share[31 * BINS + 9]).toBeGreaterThan(0.99);
  });

  it("is finite in silence and for a single frame", () => {
    const silent = { frames: 3, bins: 9, values: new Float32Array(27), ...GRID };
    expect(percussiveShare(silent).every((value) => value === 0)).toBe(true);
    const single = { frames: 1, bins: 9, values: new Float32Array(9).fill(1), ...GRID };
    expect(percussiveShare(single).every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});
