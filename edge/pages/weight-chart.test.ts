import type { Component } from "@lemons/shared/contract/explanation";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lanesOf, weightBar, weightScale } from "./weight-chart.ts";

function part(segment: number, source: string, weight: number): Component {
  return {
    index: 0,
    segment,
    source,
    startSeconds: 10 + segment * 6,
    endSeconds: 16 + segment * 6,
    weight,
    shapley: null,
  };
}

describe("weightBar", () => {
  it("grows from the middle, to the right for and to the left against", () => {
    expect(weightBar(0.2, 0.4)).toEqual({ direction: "for", start: 50, extent: 25 });
    expect(weightBar(-0.4, 0.4)).toEqual({ direction: "against", start: 0, extent: 50 });
    expect(weightBar(0, 0.4)).toEqual({ direction: "none", start: 50, extent: 0 });
  });

  it("never leaves the axis", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1 }), (w) => {
        const scale = weightScale(w.map((weight) => part(0, "drums", weight)));
        for (const weight of w) {
          const { start, extent } = weightBar(weight, scale);
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start + extent).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});

describe("lanesOf", () => {
  const parts = [
    part(0, "drums", 0.2),
    part(0, "bass", -0.1),
    part(1, "drums", 0),
    part(1, "bass", 0.05),
  ];

  it("makes a lane a source, in the order of the components", () => {
    expect(lanesOf(parts).map(({ source }) => source)).toEqual(["drums", "bass"]);
  });

  it("places cells by time and scales them by the largest weight", () => {
    const [drums, bass] = lanesOf(parts);
    expect(drums!.cells.map(({ start, width }) => [start, width])).toEqual([
      [0, 50],
      [50, 50],
    ]);
    expect(drums!.cells.map(({ height }) => height)).toEqual([1, 0]);
    expect(bass!.cells.map(({ direction }) => direction)).toEqual(["against", "for"]);
  });

  it("draws nothing, and divides by nothing, where every weight is 0", () => {
    const lanes = lanesOf([part(0, "drums", 0)]);
    expect(lanes[0]!.cells[0]).toMatchObject({ direction: "none", height: 0 });
  });
});
