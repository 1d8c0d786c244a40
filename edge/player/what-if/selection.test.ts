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

  it("refuses parts that are not there", () => {
    expect(() => gatesOfPart(3, columns)).toThrow("there is no part 3 among 3");
    expect(() => gatesOfPart(-1, rows)).toThrow(RangeError);
    expect(() => gatesOfPart(0.5, cells)).toThrow(RangeError);
  });
});

describe("togglePart", () => {
  it("silences what sounds and leaves the selection it was given as it was", () => {
    const whole = wholeTrack(cells);
    const next = togglePart(whole, 0, rows);
    expect([...next]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(isWholeTrack(whole)).toBe(true);
  });

  it("opens all of a part of which only some sounds, then silences it", () => {
    const some = Uint8Array.of(1, 0, 0, 0, 0, 0);
    expect(stateOfPart(some, 0, columns)).toBe("partly");
    const opened = togglePart(some, 0, columns);
    expect([...opened]).toEqual([1, 1, 0, 0, 0, 0]);
    expect(isSilence(togglePart(opened, 0, columns))).toBe(true);
  });
});

describe("selections of parts", () => {
  it("are complements of one another", () => {
    for (const grid of [cells, columns, rows]) {
      const only = onlyParts([1], grid);
      const others = allButParts([1], grid);
      expect([...only].map((gate, i) => gate + others[i]!)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(soundingParts(only, grid)).toEqual([1]);
    }
  });

  it("are silence where no part is named", () => {
    expect(isSilence(onlyParts([], rows))).toBe(true);
    expect(isWholeTrack(allButParts([], rows))).toBe(true);
  });

  it("are the same in every view that can say them", () => {
    expect(sameGates(onlyParts([1], columns), onlyParts([2, 3], cells))).toBe(true);
    expect(sameGates(onlyParts([1], columns), onlyParts([1], rows))).toBe(false);
  });
});
