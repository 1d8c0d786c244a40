import { describe, expect, it } from "vitest";
import { centreFactor, pianoWeight, tonalWeights } from "./tonal-split.ts";

describe("the split of the tonal remainder", () => {
  it("favours voice in its register and other above it, without excluding either", () => {
    const { vocals, other } = tonalWeights(2049, 10);
    expect(vocals[70]).toBeGreaterThan(2 * other[70]!);
    expect(other[600]).toBeGreaterThan(2 * vocals[600]!);
    expect(Math.min(...vocals, ...other)).toBeGreaterThan(0.05);
    expect([...vocals, ...other].every(Number.isFinite)).toBe(true);
  });

  it("favours piano where attacks are sharp and voice where the stereo image is centred", () => {
    expect(pianoWeight(4)).toBeGreaterThan(pianoWeight(1));
    expect(centreFactor(1)).toBe(1);
    expect(centreFactor(0)).toBeCloseTo(0.2, 9);
  });
});
