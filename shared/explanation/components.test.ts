import { describe, expect, it } from "vitest";
import { componentCount, componentsOf, gatesOf } from "./components.ts";

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

  it("refuses an empty layout", () => {
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

  it("refuses a mask of another length", () => {
    expect(() => gatesOf(new Uint8Array(3), { type: "time", ...grid })).toThrow(
      "mask has 3 bits for 2 components",
    );
  });
});
