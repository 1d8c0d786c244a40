import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { describe, expect, it } from "vitest";
import { golden } from "./fixtures/golden.ts";
import { createMelFilterbank, hertzToMel } from "./mel-filterbank.ts";

describe("createMelFilterbank", () => {
  it("equals torchaudio's filters, including the 27 empty ones", () => {
    const { bands, bins, first, count, offset, weights } = createMelFilterbank(DEFAULT_FRONT_END);
    const dense = new Float64Array(bands * bins);
    for (let m = 0; m < bands; m++) {
      for (let j = 0; j < count[m]!; j++)
        dense[m * bins + first[m]! + j] = weights[offset[m]! + j]!;
    }
    const expected = golden("mel_basis.f32");
    expect(dense).toHaveLength(expected.length);
    // Non-zero weights agree within a factor of 1e-4: 4e-4 dB.
    const wrong = expected.filter((w, i) => Math.abs(dense[i]! - w) > 1e-4 * w);
    expect(wrong).toHaveLength(0);
    expect(count.filter((c) => c === 0)).toHaveLength(27);
  });

  it("covers any range with weights between 0 and 1", () => {
    const bank = createMelFilterbank({ ...DEFAULT_FRONT_END, nMels: 40, fMin: 300, fMax: 3400 });
    expect(bank.weights.every((w) => w > 0 && w <= 1)).toBe(true);
    expect(bank.first[0]! * 31.25).toBeGreaterThan(300);
    expect((bank.first[39]! + bank.count[39]! - 1) * 31.25).toBeLessThan(3400);
  });

  it("uses the HTK mel scale", () => {
    expect(hertzToMel(0)).toBe(0);
    expect(hertzToMel(1000)).toBeCloseTo(999.9855, 3);
  });
});
