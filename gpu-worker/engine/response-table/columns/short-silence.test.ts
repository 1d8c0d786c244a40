import { describe, expect, it } from "vitest";
import type { TrunkBlock } from "./blocks.ts";
import { levelsOf } from "./levels.ts";
import { shortSilenceOf } from "./short-silence.ts";

const convolution = { kernel: 3, stride: 1, dilation: 1, padBegin: 1, padEnd: 1 };
const pooling = { kernel: 2, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };
/** A column every 4 frames that sees 10, from 3 frames before on. */
const blocks = [
  { windows: [convolution, pooling] },
  { windows: [convolution, pooling] },
] as unknown as TrunkBlock[];

/** A track of two segments, the first of so many frames. */
function trackOf(frames: number, first: number) {
  const seen = Uint8Array.from({ length: frames }, (_, i) => (i < first ? 0 : 1));
  const levels = levelsOf(blocks, { first: seen, last: seen })!;
  const pooled = [0, 1].map((segment) => ({ segment, columns: 0 }));
  return { levels, patch: { frames: { start: 0, end: frames }, shares: [], pooled } };
}

describe("shortSilenceOf", () => {
  it("keeps the ends, a column that sees neither, and the phase of the last column", () => {
    const { levels, patch } = trackOf(1001, 500);
    const silence = shortSilenceOf(blocks, levels, patch)!;
    // Column 1 of 4 sees frames 1 to 10 of 13; the track's last column sees frames 993 to 1002.
    expect(silence.frames).toBe(13);
    expect(silence.shape.pooled).toHaveLength(3);
    // Of 250 columns, the two that see both segments are in neither.
    expect(silence.pooled).toEqual([
      [1, 123, 0],
      [0, 123, 1],
    ]);
  });

  it("returns null for short tracks", () => {
    const { levels, patch } = trackOf(25, 12);
    expect(shortSilenceOf(blocks, levels, patch)).toBeNull();
  });

  it("returns null if another interval needs columns that see the track's beginning", () => {
    const { levels, patch } = trackOf(1001, 500);
    const share = {
      from: { first: 0, last: 0 },
      to: { first: 0, last: 1 },
      level: 1,
      padBegin: 0,
      padEnd: 0,
      convolved: 1,
      side: "low" as const,
    };
    const shareOf = (start: number) => [{ ...share, columns: { start, end: start + 3 } }];
    expect(shortSilenceOf(blocks, levels, { ...patch, shares: shareOf(1) })).not.toBeNull();
    expect(shortSilenceOf(blocks, levels, { ...patch, shares: shareOf(0) })).toBeNull();
  });
});
