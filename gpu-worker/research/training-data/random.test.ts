import { describe, expect, it } from "vitest";
import { permutation, randomFor } from "./random.ts";

describe("randomFor", () => {
  it("depends on seed and purpose alone", () => {
    const draw = (seed: number, ...purpose: (string | number)[]) =>
      randomFor(seed, ...purpose).nextUint32();
    expect(draw(3, "crops", 1, 2)).toBe(draw(3, "crops", 1, 2));
    const draws = [draw(3, "crops", 1, 2), draw(4, "crops", 1, 2), draw(3, "crops", 12)];
    expect(new Set([...draws, draw(3, "noise", 1, 2)]).size).toBe(4);
  });

  it("draws uniform and normal numbers", () => {
    const random = randomFor(1, "test");
    const count = 20_000;
    let [sum, squares, normals, normalSquares] = [0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const u = random.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
      squares += u * u;
      const z = random.normal();
      normals += z;
      normalSquares += z * z;
    }
    // Six standard errors.
    expect(Math.abs(sum / count - 1 / 2)).toBeLessThan(6 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(squares / count - 1 / 3)).toBeLessThan(6 * Math.sqrt(4 / 45 / count));
    expect(Math.abs(normals / count)).toBeLessThan(6 / Math.sqrt(count));
    expect(Math.abs(normalSquares / count - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
    expect(random.between(5, 6)).toBeGreaterThanOrEqual(5);
  });
});

describe("permutation", () => {
  it("contains each index once", () => {
    expect(permutation(30, randomFor(2, "p")).sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
    expect(permutation(0, randomFor(2, "p"))).toEqual([]);
  });
});
