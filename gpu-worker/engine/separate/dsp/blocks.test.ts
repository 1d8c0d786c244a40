import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addBlock, splitIntoBlocks } from "./blocks.ts";

const LENGTHS = { oneBlock: 600, target: 400, overlap: 20 };

describe("splitIntoBlocks", () => {
  it("returns one block for short audio", () => {
    expect(splitIntoBlocks(600, LENGTHS)).toEqual([{ start: 0, end: 600, fadeIn: 0, fadeOut: 0 }]);
  });

  it("splits longer audio into even blocks that sum to the whole", () => {
    fc.assert(
      fc.property(fc.integer({ min: 601, max: 9000 }), (length) => {
        const blocks = splitIntoBlocks(length, LENGTHS);
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
