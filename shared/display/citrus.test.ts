import { describe, expect, it } from "vitest";
import { wedgePath } from "./citrus.ts";

const numbers = (path: string) => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

describe("wedgePath", () => {
  it("starts at the top and goes clockwise", () => {
    // M x y L x y A r r 0 0 1 x y
    const [, , startX, startY, , , , , , endX, endY] = numbers(
      wedgePath({ index: 0, count: 4, radius: 10, gap: 0 }),
    );
    expect([startX, startY]).toEqual([0, -10]);
    expect([endX, endY]).toEqual([10, 0]);
  });

  it("turns with the rotation", () => {
    const turned = wedgePath({ index: 0, count: 4, radius: 10, rotation: 90 });
    expect(turned).toBe(wedgePath({ index: 1, count: 4, radius: 10 }));
  });
});
