import type { Component } from "@lemons/shared/contract/explanation";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weightBar, weightScale } from "./weight-table.tsx";

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
  it("grows from the middle: to the right if it helps, to the left if it hurts", () => {
    expect(weightBar(0.2, 0.4)).toEqual({ direction: "for", start: 50, extent: 25 });
    expect(weightBar(-0.4, 0.4)).toEqual({ direction: "against", start: 0, extent: 50 });
    expect(weightBar(0, 0.4)).toEqual({ direction: "none", start: 50, extent: 0 });
  });

  it("stays within the axis", () => {
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
