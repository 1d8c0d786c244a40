import { describe, expect, it } from "vitest";
import { sumOf } from "./sum-of.ts";

describe("sumOf", () => {
  it("adds in float64 across block borders", () => {
    const signals = [1, 2, 3].map((k) =>
      Float32Array.from({ length: 5000 }, (_, i) => k * Math.sin(i)),
    );
    const sum = sumOf(signals);
    const mean = sumOf(signals, 3);
    expect(sum).toHaveLength(5000);
    for (let i = 0; i < 5000; i++) {
      const expected = signals.reduce((total, signal) => total + signal[i]!, 0);
      expect(sum[i]).toBe(Math.fround(expected));
      expect(mean[i]).toBe(Math.fround(expected / 3));
    }
  });

  it("keeps digits that float32 would lose", () => {
    const [large, small] = [Float32Array.of(1e8), Float32Array.of(1)];
    expect(sumOf([large, small, Float32Array.of(-1e8)])[0]).toBe(1);
  });

  it("copies a single signal", () => {
    const signal = Float32Array.of(1, 2, 3);
    expect(sumOf([signal])).toEqual(signal);
    expect(sumOf([signal])).not.toBe(signal);
  });
});
