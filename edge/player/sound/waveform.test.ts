import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { condensePeaks, peaksOf, waveformPath } from "./waveform.ts";

describe("peaksOf", () => {
  it("takes the largest magnitude of all channels", () => {
    const left = Float32Array.of(0, 0.5, -0.25, 0);
    const right = Float32Array.of(0, -0.75, 0, 0);
    expect(peaksOf([left, right], 2)).toEqual([0.75, 0.25]);
  });

  it("has at most as many parts as samples", () => {
    expect(peaksOf([Float32Array.of(1, -1)], 100)).toEqual([1, 1]);
    expect(peaksOf([new Float32Array(0)], 100)).toEqual([]);
    expect(peaksOf([], 100)).toEqual([]);
  });

  it("keeps the loudest sample", () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 1, maxLength: 300, min: -1, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 64 }),
        (samples, parts) => {
          const loudest = samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
          expect(Math.max(...peaksOf([samples], parts))).toBe(loudest);
        },
      ),
    );
  });
});

describe("waveformPath", () => {
  it("draws one bar per peak, with the loudest over the whole height", () => {
    expect(waveformPath([0.25, 0.5])).toBe("M0.5 0.500v1.000M1.5 0.000v2.000");
  });

  it("scales to a given loudest peak", () => {
    expect(waveformPath([0.25], 0.5)).toBe("M0.5 0.500v1.000");
  });

  it("draws silence as a thin line", () => {
    expect(waveformPath([0, 0])).toBe("M0.5 0.980v0.040M1.5 0.980v0.040");
    expect(waveformPath([])).toBe("");
  });
});

describe("condensePeaks", () => {
  it("keeps the largest peak of each group", () => {
    expect(condensePeaks([0.25, 0.5, 0.125, 0], 2)).toEqual([0.5, 0.125]);
  });
});
