import { describe, expect, it } from "vitest";
import {
  appendRows,
  FeatureBlockError,
  ROWS_PER_BLOCK,
  readBlock,
  readRow,
  rowRange,
} from "./block-format.ts";

const ENCODER = { version: "ab".repeat(32), features: 2 };
const row = (digit: string, ...features: number[]) => ({
  soundSha256: digit.repeat(64),
  features: Float32Array.from(features),
});
const ROWS = [row("1", 1.5, -2), row("2", 0.1, 3e-8), row("3", 0, 4)];

describe("a block of features", () => {
  it("has the documented layout", () => {
    const bytes = appendRows(null, ENCODER, [row("c", 1, -2)]);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(hex).toBe(
      [
        "4c454d4f4e534642",
        "01000000",
        "02000000",
        "01000000",
        "00".repeat(12),
        "ab".repeat(32),
        "cc".repeat(32),
        "0000803f",
        "000000c0",
      ].join(""),
    );
  });

  it("keeps rows in place when it grows", () => {
    const one = appendRows(null, ENCODER, ROWS.slice(0, 1));
    const all = appendRows(one, ENCODER, ROWS.slice(1));
    expect(all).toEqual(appendRows(null, ENCODER, ROWS));
    const read = readBlock(all, ENCODER);
    expect(read.rows).toBe(3);
    expect(ROWS.map((_, i) => read.soundOf(i))).toEqual(ROWS.map((each) => each.soundSha256));
    expect(read.matrix).toEqual(Float32Array.from(ROWS.flatMap(({ features }) => [...features])));
    for (const [index, expected] of ROWS.entries()) {
      const { offset, length } = rowRange(2, index);
      expect(readRow(all.subarray(offset, offset + length))).toEqual(expected);
    }
  });

  it("rejects too many rows, and rows of another length", () => {
    const full = appendRows(null, ENCODER, Array(ROWS_PER_BLOCK).fill(ROWS[0]));
    expect(() => appendRows(full, ENCODER, [ROWS[1]!])).toThrow(RangeError);
    expect(() => appendRows(null, ENCODER, [row("1", 1)])).toThrow(RangeError);
  });

  const good = appendRows(null, ENCODER, ROWS);
  const changed = (offset: number, byte: number) => {
    const bytes = good.slice();
    bytes[offset] = byte;
    return bytes;
  };
  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /not a block/],
    ["something else", changed(0, 0), /not a block/],
    ["a later version", changed(8, 2), /version 2/],
    ["another number of features", changed(12, 3), /another encoder/],
    ["another encoder", changed(40, 0), /another encoder/],
    ["a header that states more rows than follow", changed(16, 4), /isn't 4 rows/],
    ["more rows than a block has", changed(18, 1), /rows/],
    ["half a row", good.subarray(0, -4), /isn't 3 rows/],
  ])("rejects %s", (_what, bytes, message) => {
    expect(() => readBlock(bytes, ENCODER)).toThrow(FeatureBlockError);
    expect(() => readBlock(bytes, ENCODER)).toThrow(message);
    expect(() => appendRows(bytes, ENCODER, ROWS)).toThrow(FeatureBlockError);
  });
});
