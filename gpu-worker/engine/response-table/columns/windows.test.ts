import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputOf, intersection, type SlidingWindow, windowCount } from "./windows.ts";

const windows = fc.record({
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  padBegin: fc.integer({ min: 0, max: 4 }),
  padEnd: fc.integer({ min: 0, max: 4 }),
});

describe("windowCount", () => {
  it("rounds down, and returns 0 if no window fits", () => {
    const pool: SlidingWindow = { kernel: 2, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };
    expect([0, 1, 2, 3, 4].map((length) => windowCount(pool, length))).toEqual([0, 0, 1, 1, 2]);
    expect(windowCount({ ...pool, kernel: 3, dilation: 2 }, 5)).toBe(1);
  });
});

describe("inputOf", () => {
  it("returns the input of a pooled convolution", () => {
    const conv: SlidingWindow = { kernel: 3, stride: 1, dilation: 1, padBegin: 1, padEnd: 1 };
    expect(inputOf(conv, { start: 0, end: 4 }, 10)).toEqual({
      columns: { start: 0, end: 5 },
      padBegin: 1,
      padEnd: 0,
    });
    expect(inputOf(conv, { start: 9, end: 10 }, 10)).toEqual({
      columns: { start: 8, end: 10 },
      padBegin: 0,
      padEnd: 1,
    });
  });

  it("yields exactly the given outputs", () => {
    fc.assert(
      fc.property(
        windows,
        fc.integer({ min: 15, max: 60 }),
        fc.nat(),
        fc.nat(),
        (window, length, a, b) => {
          const count = windowCount(window, length);
          const start = a % count;
          const end = start + 1 + (b % (count - start));
          const { columns, padBegin, padEnd } = inputOf(window, { start, end }, length);
          const part = columns.end - columns.start;
          expect(windowCount({ ...window, padBegin, padEnd }, part)).toBe(end - start);
          expect(columns.start - padBegin).toBe(start * window.stride - window.padBegin);
        },
      ),
      { seed: 3 },
    );
  });
});

describe("intersection", () => {
  it("is empty for ranges that do not overlap", () => {
    const { start, end } = intersection({ start: 0, end: 3 }, { start: 5, end: 9 });
    expect(end).toBeLessThanOrEqual(start);
  });
});
