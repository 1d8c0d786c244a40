import { describe, expect, it } from "vitest";
import type { TrunkBlock } from "./blocks.ts";
import { stripOf, stripsOf } from "./strips.ts";

const convolution = { kernel: 3, stride: 1, dilation: 1, padBegin: 1, padEnd: 1 };
const pooling = { kernel: 2, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };
const block = (channels: number, bands: number) => ({
  windows: [convolution, pooling],
  convolution: { shape: { channels, bands } },
});
/** 4,096, 1,024 and 256 bytes a column. */
const blocks = [block(16, 64), block(8, 32), block(4, 16)] as unknown as TrunkBlock[];

/** A track of 101 frames; 100 of them reach the second block. */
const all = (end: number) => ({ start: 0, end });
const entered = [
  [all(101), all(101)],
  [all(50), all(50)],
  [all(25), all(25)],
];
const convolved = [101, 50, 25].map((columns, index) => ({ block: index, columns }));

describe("stripsOf", () => {
  it("cuts the blocks with large tensors, in whole groups of six columns", () => {
    const { level, strips } = stripsOf(blocks, { entered, convolved }, 60_000, 32)!;
    expect(level).toBe(1);
    // 101 columns of 4,096 bytes are seven times the limit; columns 0, 6, 12, 18, ... begin a strip.
    expect(strips).toHaveLength(7);
    const conv = (begin: number, end: number) => [
      [
        [begin, end],
        [0, 0],
      ],
    ];
    expect(strips[0]).toEqual({ stretch: { start: 0, end: 13 }, pads: conv(1, 0) });
    expect(strips[1]).toEqual({ stretch: { start: 11, end: 25 }, pads: conv(0, 0) });
    // The last frame leaves no column of its own, but the one before it sees it.
    expect(strips[6]).toEqual({ stretch: { start: -18, end: 0 }, pads: conv(0, 0) });
  });

  it("cuts only blocks with large tensors, and never the last one", () => {
    expect(stripsOf(blocks, { entered, convolved }, 10_000, 32)!.level).toBe(2);
    expect(stripsOf(blocks, { entered, convolved }, 1, 32)!.level).toBe(2);
  });

  it("cuts no small tensors, and fewer strips for few runs", () => {
    expect(stripsOf(blocks, { entered, convolved }, 200_000, 32)).toBeNull();
    expect(stripsOf(blocks, { entered, convolved }, Number.POSITIVE_INFINITY, 32)).toBeNull();
    expect(stripsOf(blocks, { entered, convolved }, 60_000, 1)!.strips).toHaveLength(4);
  });
});

describe("stripOf", () => {
  it("finds the frames that a range of columns needs", () => {
    expect(stripOf(blocks, entered, 2, { start: 3, end: 5 })).toEqual({
      // Columns 5 to 10 of the second block's input, frames 9 to 22.
      stretch: { start: 9, end: 23 },
      pads: [
        [
          [0, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    });
  });
});
