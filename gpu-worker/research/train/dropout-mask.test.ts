import { describe, expect, it } from "vitest";
import { drawDropoutMask } from "./dropout-mask.ts";

describe("drawDropoutMask", () => {
  it("drops its share of the features", () => {
    for (const rate of [0, 0.3, 0.9]) {
      const mask = drawDropoutMask(20_000, rate, 5, 0);
      expect(mask.every((value) => value === 0 || value === 1)).toBe(true);
      const dropped = 1 - mask.reduce((sum, value) => sum + value, 0) / mask.length;
      expect(Math.abs(dropped - rate)).toBeLessThan(0.02);
    }
  });

  it("is that of the seed and the step, whatever was drawn before", () => {
    const mask = (seed: number, step: number) => drawDropoutMask(64, 0.5, seed, step).join("");
    const masks = [0, 1, 2, 0xffffffff].flatMap((seed) =>
      [0, 1, 2, 1000, 1_000_000].map((step) => mask(seed, step)),
    );
    expect(new Set(masks).size).toBe(masks.length);
    expect(mask(1, 1000)).toBe(masks[8]);
  });
});
