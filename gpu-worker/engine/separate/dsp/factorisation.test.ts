import { describe, expect, it } from "vitest";
import { correlate, type Factorisation, factorise, reconstruct } from "./factorisation.ts";

const BANDS = 24;
const FRAMES = 60;

/** Three sounds with spectra of their own, in turn and together. */
function sounds(): Float32Array {
  const values = new Float32Array(FRAMES * BANDS);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let sound = 0; sound < 3; sound++) {
      const level = Math.max(0, Math.sin((frame * (sound + 2)) / 7)) * 10;
      for (let b = 0; b < 6; b++) values[frame * BANDS + sound * 8 + b]! += level / (1 + b);
    }
  }
  return values;
}

/** Generalised Kullback-Leibler divergence of the model from the values. */
function divergence(values: Float32Array, model: Factorisation): number {
  const row = new Float64Array(BANDS);
  let sum = 0;
  for (let frame = 0; frame < FRAMES; frame++) {
    reconstruct(model, frame, row);
    for (let b = 0; b < BANDS; b++) {
      const v = values[frame * BANDS + b]!;
      sum += row[b]! - v + (v > 0 ? v * Math.log(v / row[b]!) : 0);
    }
  }
  return sum;
}

describe("factorise", () => {
  it("converges with every ten iterations", () => {
    const values = sounds();
    const found = [0, 10, 20, 60].map((n) => divergence(values, factorise(values, BANDS, 4, n)));
    expect(found[1]).toBeLessThan(found[0]!);
    expect(found[2]).toBeLessThan(found[1]!);
    expect(found[3]).toBeLessThan(0.02 * found[0]!);
  });

  it("returns non-negative factors and normalised spectra, the same each time", () => {
    const model = factorise(sounds(), BANDS, 8, 5);
    expect(model.activations.every((value) => value >= 0)).toBe(true);
    for (let k = 0; k < 8; k++) {
      const spectrum = model.spectra.subarray(k * BANDS, (k + 1) * BANDS);
      expect(spectrum.every((value) => value >= 0)).toBe(true);
      expect(spectrum.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
    }
    expect(factorise(sounds(), BANDS, 8, 5)).toEqual(model);
  });

  it("stays finite in silence", () => {
    const { spectra, activations } = factorise(new Float32Array(10 * BANDS), BANDS, 4, 5);
    expect([...spectra, ...activations].every(Number.isFinite)).toBe(true);
  });
});

describe("reconstruct and correlate", () => {
  const model = factorise(sounds(), BANDS, 8, 3);

  it("sum the weighted components", () => {
    const whole = new Float64Array(BANDS);
    const first = new Float64Array(BANDS);
    const others = new Float64Array(BANDS);
    reconstruct(model, 7, whole);
    const chosen = Float64Array.from({ length: 8 }, (_, k) => (k < 3 ? 1 : 0));
    reconstruct(model, 7, first, chosen);
    reconstruct(
      model,
      7,
      others,
      chosen.map((weight) => 1 - weight),
    );
    for (let b = 0; b < BANDS; b++) expect(first[b]! + others[b]!).toBeCloseTo(whole[b]!, 9);
  });

  it("multiply spectra by a row", () => {
    const row = Float64Array.from({ length: BANDS }, (_, b) => b);
    const products = new Float64Array(8);
    correlate(model.spectra, row, products);
    for (let k = 0; k < 8; k++) {
      let sum = 0;
      for (let b = 0; b < BANDS; b++) sum += model.spectra[k * BANDS + b]! * b;
      expect(products[k]).toBeCloseTo(sum, 9);
    }
  });
});
