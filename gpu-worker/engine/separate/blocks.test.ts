import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addBlock, blocksOf } from "./blocks.ts";

describe("blocksOf", () => {
  it("leaves short audio whole", () => {
    expect(blocksOf(600, 600, 400, 20)).toEqual([{ start: 0, end: 600, fadeIn: 0, fadeOut: 0 }]);
  });

  it("cuts longer audio into even blocks that sum to the whole", () => {
    fc.assert(
      fc.property(fc.integer({ min: 601, max: 9000 }), (length) => {
        const blocks = blocksOf(length, 600, 400, 20);
        expect(blocks.at(-1)!.end).toBe(length);
        const lengths = blocks.map((block) => block.end - block.start);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(401);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        const signal = Float32Array.from({ length }, (_, i) => Math.sin(i));
        const whole = new Float32Array(length);
        for (const block of blocks) addBlock(whole, signal.subarray(block.start, block.end), block);
        const worst = whole.reduce((most, x, i) => Math.max(most, Math.abs(x - signal[i]!)), 0);
        expect(worst).toBeLessThan(1e-6);
      }),
      { numRuns: 20 },
    );
  });
});
