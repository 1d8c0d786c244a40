import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSelection, parseSelection, readFragment, writeFragment } from "./address.ts";

const grid = { segments: 5, sources: 5 };

describe("a selection in an address", () => {
  it("is one number a segment", () => {
    const gates = new Uint8Array(25).fill(1);
    gates.fill(0, 10, 20);
    gates[12] = 1;
    expect(formatSelection(gates, grid)).toBe("1f.1f.4.0.1f");
  });

  it("comes back as it was, whatever the grid", () => {
    const grids = fc.record({
      segments: fc.integer({ min: 1, max: 8 }),
      sources: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(
        grids.chain((each) =>
          fc.tuple(
            fc.constant(each),
            fc.uint8Array({
              minLength: each.segments * each.sources,
              maxLength: each.segments * each.sources,
              max: 1,
            }),
          ),
        ),
        ([each, gates]) => {
          expect(parseSelection(formatSelection(gates, each), each)).toEqual(gates);
        },
      ),
    );
  });

  it("is nothing where the text is none of this grid", () => {
    for (const text of [
      "",
      "1f",
      "1f.1f.1f.1f.20",
      "1f.1f.1f.1f.-1",
      "1f.1f.1f.1f.1f.1f",
      "x.0.0.0.0",
    ]) {
      expect(parseSelection(text, grid), text).toBeNull();
    }
  });
});

describe("fragments", () => {
  it("are read by key", () => {
    expect(readFragment("#view=time+source&parts=1.2", "view")).toBe("time+source");
    expect(readFragment("#why", "parts")).toBeNull();
    expect(readFragment("", "parts")).toBeNull();
  });

  it("keep what others wrote and drop what is taken out", () => {
    expect(writeFragment("#other=1&parts=0", { parts: "1f", view: "time" })).toBe(
      "other=1&parts=1f&view=time",
    );
    expect(writeFragment("#parts=0", { parts: null })).toBe("");
    expect(writeFragment("#why", { parts: "1" })).toBe("parts=1");
  });
});
