import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMaskedMix } from "./score-masks.ts";

const A = Float32Array.of(1, 2, 3, 4, 5, 6, 7);
const B = Float32Array.of(10, 20, 30, 40, 50, 60, 70);
const MIX = A.map((x, i) => x + B[i]!);

function render(type: "time" | "source" | "time+source", mask: number[], segments = 3) {
  const sources = type === "time" ? [MIX] : [A, B];
  return createMaskedMix({ mix: MIX, sources, type, segments }).render(Uint8Array.from(mask));
}

describe("createMaskedMix", () => {
  it("keeps time segments of the mix; the last takes the remainder", () => {
    expect([...render("time", [1, 0, 1])]).toEqual([11, 22, 0, 0, 55, 66, 77]);
  });

  it("keeps sources over the whole length", () => {
    expect(render("source", [0, 1], 1)).toEqual(B);
    expect(render("source", [1, 0], 1)).toEqual(A);
  });

  it("keeps sources segment by segment", () => {
    expect([...render("time+source", [1, 0, 0, 0, 1, 1])]).toEqual([1, 2, 0, 0, 55, 66, 77]);
  });

  it("returns the mix for all ones, and silence for all zeros", () => {
    const mix = MIX.map((x) => x + 0.5);
    const masked = createMaskedMix({ mix, sources: [A, B], type: "source", segments: 1 });
    expect([...masked.render(Uint8Array.of(1, 1))]).toEqual([...mix]);
    expect([...masked.render(Uint8Array.of(0, 0))]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("returns sounds that sum to the mix for a mask and its complement", () => {
    const masked = createMaskedMix({ mix: MIX, sources: [A, B], type: "time+source", segments: 2 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 4, maxLength: 4 }), (bits) => {
        const kept = masked.render(Uint8Array.from(bits)).slice();
        const rest = masked.render(Uint8Array.from(bits, (bit) => 1 - bit));
        expect(kept.map((x, i) => x + rest[i]!)).toEqual(MIX);
      }),
    );
  });

  it("requires a sample for each segment", () => {
    expect(() => render("time", [1, 1], 8)).toThrow(RangeError);
  });
});
