import { describe, expect, it } from "vitest";
import { kernelWidthAt, placeOfKernelWidth } from "./what-if-view.ts";

describe("the kernel width's slider", () => {
  it("has the default in its reach, and widths that are read back", () => {
    expect(kernelWidthAt(placeOfKernelWidth(0.25))).toBeCloseTo(0.25, 1);
    expect([kernelWidthAt(0), kernelWidthAt(100)]).toEqual([0.05, 2]);
    for (let place = 0; place <= 100; place += 5) {
      expect(Math.abs(placeOfKernelWidth(kernelWidthAt(place)) - place)).toBeLessThanOrEqual(1);
    }
  });
});
