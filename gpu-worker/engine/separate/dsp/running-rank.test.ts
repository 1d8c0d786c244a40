import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runningRank } from "./running-rank.ts";

function naive(values: number[], width: number, rank: number): number[] {
  const half = (width - 1) / 2;
  const at = (index: number): number => {
    if (index < 0) return at(-1 - index);
    if (index >= values.length) return at(2 * values.length - 1 - index);
    return values[index]!;
  };
  return values.map((_, index) => {
    const window = Array.from({ length: width }, (_, offset) => at(index - half + offset));
    return window.sort((a, b) => a - b)[rank]!;
  });
}

describe("runningRank", () => {
  it("equals sorting every window for any width, rank and stride", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 8 }),
        fc.nat({ max: 16 }),
        fc.integer({ min: 1, max: 3 }),
        (values, half, anyRank, stride) => {
          const width = 2 * half + 1;
          const rank = anyRank % width;
          const start = stride - 1;
          const input = new Float32Array(values.length * stride);
          for (const [index, value] of values.entries()) input[start + index * stride] = value;
          const output = new Float32Array(input.length);
          const line = { start, stride, length: values.length, width, rank };
          runningRank(input, output, line, new Float32Array(width));
          const found = values.map((_, index) => output[start + index * stride]);
          expect(found).toEqual(naive(values, width, rank));
        },
      ),
    );
  });
});
