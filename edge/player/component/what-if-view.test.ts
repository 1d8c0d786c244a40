import { describe, expect, it } from "vitest";
import { fidelityLevel } from "./fidelity-level.ts";
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

describe("fidelityLevel", () => {
  it("falls with the fidelity", () => {
    expect([0.95, 0.8, 0.5, 0.1, -2].map(fidelityLevel)).toEqual([
      "very-close",
      "close",
      "rough",
      "poor",
      "poor",
    ]);
  });
});
