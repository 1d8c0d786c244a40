import type { GateGrid } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import {
  allButParts,
  gatesOfPart,
  isSilence,
  isWholeTrack,
  onlyParts,
  sameGates,
  soundingParts,
  stateOfPart,
  togglePart,
  wholeTrack,
} from "./selection.ts";

const cells: GateGrid = { type: "time+source", segments: 3, sources: 2 };
const columns: GateGrid = { ...cells, type: "time" };
const rows: GateGrid = { ...cells, type: "source" };

describe("gatesOfPart", () => {
  it("covers a column, a row or one gate", () => {
    expect(gatesOfPart(1, columns)).toEqual([2, 3]);
    expect(gatesOfPart(1, rows)).toEqual([1, 3, 5]);
    expect(gatesOfPart(4, cells)).toEqual([4]);
  });

  it("rejects parts outside the grid", () => {
    expect(() => gatesOfPart(3, columns)).toThrow("No part 3: the grid has 3");
    expect(() => gatesOfPart(-1, rows)).toThrow(RangeError);
    expect(() => gatesOfPart(0.5, cells)).toThrow(RangeError);
  });
});

describe("togglePart", () => {
  it("mutes a part and keeps the given selection unchanged", () => {
    const whole = wholeTrack(cells);
    const next = togglePart(whole, 0, rows);
    expect([...next]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(isWholeTrack(whole)).toBe(true);
  });

  it("opens a part that is partly on, then mutes it", () => {
    const some = Uint8Array.of(1, 0, 0, 0, 0, 0);
    expect(stateOfPart(some, 0, columns)).toBe("partly");
    const opened = togglePart(some, 0, columns);
    expect([...opened]).toEqual([1, 1, 0, 0, 0, 0]);
    expect(isSilence(togglePart(opened, 0, columns))).toBe(true);
  });
});

describe("onlyParts and allButParts", () => {
  it("are complements", () => {
    for (const grid of [cells, columns, rows]) {
      const only = onlyParts([1], grid);
      const others = allButParts([1], grid);
      expect([...only].map((gate, i) => gate + others[i]!)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(soundingParts(only, grid)).toEqual([1]);
    }
  });

  it("are silence and the whole track without parts", () => {
    expect(isSilence(onlyParts([], rows))).toBe(true);
    expect(isWholeTrack(allButParts([], rows))).toBe(true);
  });

  it("select the same gates in every view", () => {
    expect(sameGates(onlyParts([1], columns), onlyParts([2, 3], cells))).toBe(true);
    expect(sameGates(onlyParts([1], columns), onlyParts([1], rows))).toBe(false);
  });
});
