import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  componentCount,
  componentsOf,
  gatesOf,
  originalSegmentBounds,
  segmentBounds,
} from "./components.ts";

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
  it.each(cuts)("cuts $length samples into $params like the original", (cut) => {
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
  ])("rejects %s samples in %s segments", (samples, segments) => {
    expect(() => segmentBounds(samples, segments)).toThrow(RangeError);
  });
});

const segments = [
  { startSeconds: 10, endSeconds: 16 },
  { startSeconds: 16, endSeconds: 22.5 },
];
const sources = ["vocals", "drums", "other"];

describe("componentsOf", () => {
  it("lists every source of every segment", () => {
    const components = componentsOf({ type: "time+source", segments, sources });
    expect(components.map((component) => component.index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(components[4]).toEqual({
      index: 4,
      segment: 1,
      source: "drums",
      startSeconds: 16,
      endSeconds: 22.5,
    });
  });

  it("lists segments of all sources", () => {
    expect(componentsOf({ type: "time", segments, sources })).toEqual([
      { index: 0, segment: 0, source: null, startSeconds: 10, endSeconds: 16 },
      { index: 1, segment: 1, source: null, startSeconds: 16, endSeconds: 22.5 },
    ]);
  });

  it("lists sources of the whole snippet", () => {
    expect(componentsOf({ type: "source", segments, sources })[2]).toEqual({
      index: 2,
      segment: null,
      source: "other",
      startSeconds: 10,
      endSeconds: 22.5,
    });
  });

  it("rejects an empty layout", () => {
    expect(() => componentsOf({ type: "time", segments: [], sources })).toThrow(RangeError);
    expect(() => componentsOf({ type: "source", segments, sources: [] })).toThrow(RangeError);
  });

  it.each(["time", "source", "time+source"] as const)(
    "has as many as a %s mask has bits",
    (type) => {
      expect(componentsOf({ type, segments, sources })).toHaveLength(
        componentCount({ type, segments: 2, sources: 3 }),
      );
    },
  );
});

describe("gatesOf", () => {
  const grid = { segments: 2, sources: 3 };

  it.each([
    ["time", [0, 1], [0, 0, 0, 1, 1, 1]],
    ["source", [1, 0, 1], [1, 0, 1, 1, 0, 1]],
    ["time+source", [1, 0, 0, 1, 1, 0], [1, 0, 0, 1, 1, 0]],
  ] as const)("spreads a %s mask over segments and sources", (type, mask, gates) => {
    expect([...gatesOf(Uint8Array.from(mask), { type, ...grid })]).toEqual(gates);
  });

  it("does not share memory with the mask", () => {
    const mask = new Uint8Array(6);
    gatesOf(mask, { type: "time+source", ...grid }).fill(1);
    expect([...mask]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("rejects a mask of another length", () => {
    expect(() => gatesOf(new Uint8Array(3), { type: "time", ...grid })).toThrow(
      "mask has 3 bits for 2 components",
    );
  });
});
