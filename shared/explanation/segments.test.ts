import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { originalSegmentBounds, segmentBounds } from "./segments.ts";

interface GoldenCut {
  length: number;
  params: number | null | { type: string; n_temporal_segments?: number };
  segments: [number, number][];
  explained_length: number;
}

const url = new URL("../../infra/golden/lime/segments.json", import.meta.url);
const golden: GoldenCut[] = JSON.parse(readFileSync(url, "utf8"));
const cuts = golden.filter((cut) => typeof cut.params === "number" && cut.explained_length > 0);

describe("originalSegmentBounds", () => {
  it.each(cuts)("cuts $length samples into $params as the original", (cut) => {
    const bounds = originalSegmentBounds(cut.length, cut.params as number);
    expect(bounds).toEqual(cut.segments);
    expect(bounds.at(-1)![1]).toBe(cut.explained_length);
  });
});

describe("segmentBounds", () => {
  it("gives the remainder to the last segment", () => {
    expect(segmentBounds(13, 5)).toEqual([
      [0, 2],
      [2, 4],
      [4, 6],
      [6, 8],
      [8, 13],
    ]);
  });

  it("covers every sample exactly once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1e6), (segments, extra) => {
        const samples = segments + extra;
        const bounds = segmentBounds(samples, segments);
        expect(bounds).toHaveLength(segments);
        expect([0, ...bounds.map(([, end]) => end)]).toEqual([
          ...bounds.map(([start]) => start),
          samples,
        ]);
      }),
    );
  });

  it.each([
    [4, 5],
    [0, 1],
    [100, 0],
    [10.5, 2],
  ])("refuses %s samples in %s segments", (samples, segments) => {
    expect(() => segmentBounds(samples, segments)).toThrow(RangeError);
  });
});
