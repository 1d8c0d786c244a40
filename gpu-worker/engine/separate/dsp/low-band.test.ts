import { describe, expect, it } from "vitest";
import { bassShare } from "./low-band.ts";

describe("bassShare", () => {
  it("reaches higher at the bass's harmonics than between them", () => {
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
