import { describe, expect, it } from "vitest";
import { createImdct } from "./imdct.ts";

describe("createImdct", () => {
  it.each([16, 64, 256, 2048])("equals the definition for %i samples", (size) => {
    const half = size / 2;
    const coefficients = Float32Array.from({ length: half + 3 }, (_, i) => Math.sin(i * i));
    const output = new Float32Array(size);
    createImdct(size)(coefficients, 3, output);
    for (let n = 0; n < size; n++) {
      let expected = 0;
      for (let k = 0; k < half; k++) {
        const angle = ((2 * Math.PI) / size) * (n + 0.5 + size / 4) * (k + 0.5);
        expected += coefficients[3 + k]! * Math.cos(angle);
      }
      expect(output[n]).toBeCloseTo(expected, 5);
    }
  });
});
