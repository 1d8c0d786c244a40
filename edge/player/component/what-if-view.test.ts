import { describe, expect, it } from "vitest";
import { kernelWidthAt, sliderPosition } from "./what-if-view.ts";

describe("the kernel width slider", () => {
  it("maps positions to kernel widths and back", () => {
    expect(kernelWidthAt(sliderPosition(0.25))).toBeCloseTo(0.25, 1);
    expect([kernelWidthAt(0), kernelWidthAt(100)]).toEqual([0.05, 2]);
    for (let place = 0; place <= 100; place += 5) {
      expect(Math.abs(sliderPosition(kernelWidthAt(place)) - place)).toBeLessThanOrEqual(1);
    }
  });
});
