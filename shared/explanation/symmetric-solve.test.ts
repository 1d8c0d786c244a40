import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solveSymmetric } from "./symmetric-solve.ts";

/** a a' of a random [size x rank] matrix: symmetric, positive semi-definite, of that rank. */
function gramOf(factor: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(
    factor.flatMap((row) =>
      factor.map((other) => row.reduce((sum, value, k) => sum + value * other[k]!, 0)),
    ),
  );
}

function multiply(matrix: Float64Array, x: ArrayLike<number>): number[] {
  const size = x.length;
  return Array.from({ length: size }, (_, i) =>
    Array.from(x).reduce((sum, value, j) => sum + matrix[i * size + j]! * value, 0),
  );
}

const entry = fc.integer({ min: -9, max: 9 });
const column = (size: number) => fc.array(entry, { minLength: size, maxLength: size });

describe("solveSymmetric", () => {
  it("solves a known system", () => {
    const matrix = Float64Array.of(4, 2, 2, 3);
    const [x, y] = solveSymmetric(matrix, Float64Array.of(2, 5));
    expect(x).toBeCloseTo(-0.5, 14);
    expect(y).toBeCloseTo(2, 14);
  });

  it("solves any solvable system, singular or not", () => {
    const system = fc.record({
      factor: fc.array(column(3), { minLength: 2, maxLength: 6 }),
      seed: column(6),
    });
    fc.assert(
      fc.property(system, ({ factor, seed }) => {
        const matrix = gramOf(factor);
        const right = multiply(matrix, seed.slice(0, factor.length));
        const residual = multiply(matrix, solveSymmetric(matrix, Float64Array.from(right)));
        const scale = Math.max(1, ...matrix.map(Math.abs));
        residual.forEach((value, i) => {
          expect(Math.abs(value - right[i]!)).toBeLessThan(1e-7 * scale);
        });
      }),
    );
  });

  it("returns the shortest of many solutions", () => {
    // x + y + z = 6 says nothing about the differences.
    const ones = new Float64Array(9).fill(1);
    for (const value of solveSymmetric(ones, Float64Array.of(6, 6, 6))) {
      expect(value).toBeCloseTo(2, 12);
    }
    const duplicate = Float64Array.of(2, 0, 2, 0, 1, 0, 2, 0, 2);
    const [a, b, c] = solveSymmetric(duplicate, Float64Array.of(4, 3, 4));
    expect(a).toBeCloseTo(1, 12);
    expect(b).toBeCloseTo(3, 12);
    expect(c).toBeCloseTo(1, 12);
  });

  it("returns zeros for a zero matrix, and nothing for an empty one", () => {
    expect([...solveSymmetric(new Float64Array(4), Float64Array.of(1, 2))]).toEqual([0, 0]);
    expect(solveSymmetric(new Float64Array(0), new Float64Array(0))).toHaveLength(0);
  });
});
