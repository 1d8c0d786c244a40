import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complexity } from "./complexity.ts";

const url = new URL("../../infra/golden/lime/complexity.json", import.meta.url);
const golden: { weights: number[]; complexity: number | "nan" }[] = JSON.parse(
  readFileSync(url, "utf8"),
);

describe("complexity", () => {
  it.each(golden)("of $weights is $complexity, as in the original", (vector) => {
    const value = complexity(vector.weights);
    if (vector.complexity === "nan") expect(value).toBeNull();
    else expect(Math.abs(value! - vector.complexity)).toBeLessThan(1e-12);
  });

  it("is null where there is nothing to compare", () => {
    expect(complexity([])).toBeNull();
    expect(complexity([0, 0, 0])).toBeNull();
  });

  it("stays within 0 and 1 and ignores signs, scale and order", () => {
    const weights = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(weights, (values) => {
        fc.pre(values.some((value) => Math.abs(value) > 1e-9));
        const value = complexity(values)!;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(complexity(values.map((w) => -3 * w).reverse())).toBeCloseTo(value, 9);
      }),
    );
  });
});
