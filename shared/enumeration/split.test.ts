import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseSplit, isRightGroup, seesFixed } from "./split.ts";

function groupsOf(segments: number, sources: number, span: number): number[][] {
  const groups: number[][] = [];
  for (let width = 1; width <= span; width++) {
    for (let segment = 0; segment + width <= segments; segment++) {
      groups.push(Array.from({ length: width * sources }, (_, i) => segment * sources + i));
    }
  }
  return groups;
}

describe("chooseSplit", () => {
  it("fixes the middle segment of five with five sources", () => {
    const split = chooseSplit(25, 64, groupsOf(5, 5, 2));
    expect(split).toEqual({ leftBits: 10, fixedBits: 5, rightBits: 10 });
  });

  it("fixes nothing if no column hears two segments", () => {
    expect(chooseSplit(20, 64, groupsOf(4, 5, 1)).fixedBits).toBe(0);
  });

  it("fixes two segments if columns hear three", () => {
    expect(chooseSplit(25, 64, groupsOf(5, 5, 3)).fixedBits).toBe(10);
  });

  it("never puts a group on both sides", () => {
    const positions = fc.uniqueArray(fc.integer({ min: 0, max: 15 }), { maxLength: 16 });
    fc.assert(
      fc.property(fc.array(positions, { maxLength: 8 }), (unsorted) => {
        const groups = unsorted.map((bits) => bits.sort((a, b) => a - b));
        const split = chooseSplit(16, 8, groups);
        expect(split.leftBits + split.fixedBits + split.rightBits).toBe(16);
        for (const group of groups) {
          const left = group.some((bit) => bit < split.leftBits);
          expect(left && isRightGroup(split, group)).toBe(false);
        }
      }),
    );
  });

  it("separates groups that change from block to block", () => {
    const split = { leftBits: 2, fixedBits: 2, rightBits: 2 };
    expect(seesFixed(split, [])).toBe(false);
    expect(seesFixed(split, [0, 1])).toBe(false);
    expect(seesFixed(split, [1, 2])).toBe(true);
    expect(seesFixed(split, [3, 4])).toBe(true);
    expect(seesFixed(split, [4, 5])).toBe(false);
  });
});
