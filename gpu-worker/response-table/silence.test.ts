import { describe, expect, it } from "vitest";
import type { Block } from "./blocks.ts";
import { shortSilenceOf } from "./silence.ts";

const convolution = { kernel: 3, stride: 1, dilation: 1, padBegin: 1, padEnd: 1 };
const pooling = { kernel: 2, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };
/** A column every 4 frames that sees 10. */
const blocks = [
  { windows: [convolution, pooling] },
  { windows: [convolution, pooling] },
] as unknown as Block[];

describe("shortSilenceOf", () => {
  it("keeps the ends, a column that sees neither, and the place of the last column", () => {
    expect(shortSilenceOf(blocks, { start: 0, end: 1001 })).toEqual({
      frames: 25,
      period: 4,
      columns: 244,
    });
  });

  it("leaves short tracks alone", () => {
    expect(shortSilenceOf(blocks, { start: 0, end: 270 })).toBeNull();
  });
});
