import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelWeights } from "./kernel.ts";
import { randomResponses } from "./random.fixture.ts";
import { ridge } from "./ridge.ts";
import { weightedMoments } from "./weighted-moments.ts";

/** Gauss-Jordan elimination with row pivoting of [matrix | right]. */
function solveDense(rows: number[][]): number[] {
  const size = rows.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k; i < size; i++) {
      if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const top = rows[k]!.map((value) => value / rows[k]![k]!);
    rows[k] = top;
    for (let i = 0; i < size; i++) {
      const share = rows[i]![k]!;
      if (i !== k) rows[i] = rows[i]!.map((value, j) => value - share * top[j]!);
    }
  }
  return rows.map((row) => row[size]!);
}

/** The same regression the direct way: normal equations of [1 | masks], not centred. */
function directRidge(
  masks: readonly Uint8Array[],
  predictions: readonly number[],
  weights: Float64Array,
  alpha: number,
) {
  const design = masks.map((mask) => [1, ...mask]);
  const size = design[0]!.length;
  const rows = Array.from({ length: size }, (_, i) => {
    const products = Array.from({ length: size }, (_, j) =>
      design.reduce((sum, row, k) => sum + weights[k]! * row[i]! * row[j]!, 0),
    );
    if (i > 0) products[i]! += alpha;
    const right = design.reduce((sum, row, k) => sum + weights[k]! * row[i]! * predictions[k]!, 0);
    return [...products, right];
  });
  const beta = solveDense(rows);
  const fitted = design.map((row) => row.reduce((sum, value, i) => sum + value * beta[i]!, 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = predictions.reduce((sum, y, k) => sum + weights[k]! * y, 0) / total;
  const residual = predictions.reduce((sum, y, k) => sum + weights[k]! * (y - fitted[k]!) ** 2, 0);
  const scatter = predictions.reduce((sum, y, k) => sum + weights[k]! * (y - mean) ** 2, 0);
  return { intercept: beta[0]!, coefficients: beta.slice(1), residual, scatter };
}

describe("ridge", () => {
  it("equals a direct dense solve", () => {
    fc.assert(
      fc.property(
        randomResponses,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        ({ masks, predictions }, alpha) => {
          const weights = kernelWeights(masks, 0.25);
          const moments = weightedMoments(masks, predictions, weights);
          const all = Array.from({ length: moments.components }, (_, i) => i);
          const fit = ridge(moments, all, alpha);
          const direct = directRidge(masks, predictions, weights, alpha);
          expect(Math.abs(fit.intercept - direct.intercept)).toBeLessThan(1e-9);
          fit.coefficients.forEach((value, i) => {
            expect(Math.abs(value - direct.coefficients[i]!)).toBeLessThan(1e-9);
          });
          const unexplained = (1 - fit.fidelity) * direct.scatter;
          expect(Math.abs(unexplained - direct.residual)).toBeLessThan(1e-9);
        },
      ),
    );
  });

  const masks = ["1111", "1100", "0011", "1001", "0110", "1010"].map((row) =>
    Uint8Array.from(row, Number),
  );
  const linear = masks.map((mask) => 0.1 + 0.3 * mask[0]! - 0.2 * mask[2]!);
  const even = new Float64Array(masks.length).fill(1);

  it("recovers a linear model exactly without a penalty", () => {
    const fit = ridge(weightedMoments(masks, linear, even), [2, 0], 0);
    expect(fit.coefficients[0]).toBeCloseTo(-0.2, 12);
    expect(fit.coefficients[1]).toBeCloseTo(0.3, 12);
    expect(fit.intercept).toBeCloseTo(0.1, 12);
    expect(fit.fidelity).toBeCloseTo(1, 12);
  });

  it("shares a weight between identical components", () => {
    const twins = masks.map((mask) => Uint8Array.of(mask[0]!, mask[0]!, mask[2]!));
    const fit = ridge(weightedMoments(twins, linear, even), [0, 1, 2], 0);
    expect(fit.coefficients[0]).toBeCloseTo(0.15, 12);
    expect(fit.coefficients[1]).toBeCloseTo(0.15, 12);
    expect(fit.coefficients[2]).toBeCloseTo(-0.2, 12);
  });

  it("fits constant predictions by the intercept alone", () => {
    const constant = masks.map(() => 0.3);
    const fit = ridge(weightedMoments(masks, constant, even), [0, 1, 2, 3], 1);
    expect([...fit.coefficients]).toEqual([0, 0, 0, 0]);
    expect(fit.intercept).toBe(0.3);
    expect(fit.fidelity).toBe(1);
  });
});
