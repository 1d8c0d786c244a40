import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  differentiate,
  expectGradients,
  randomTensor,
  seeds,
  spreadTensor,
} from "../fixtures/gradient-check.ts";
import { maximum } from "./maximum.ts";

describe("maximum", () => {
  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 4 }), async (seed, size) => {
        const { data } = spreadTensor([3 * size], seed);
        const part = (i: number) => ({ dims: [size], data: data.slice(size * i, size * (i + 1)) });
        await expectGradients(
          (tape, v) => maximum(tape, [v.a!, v.b!, v.c!]),
          { a: part(0), b: part(1), c: part(2) },
          { step: 0.1 / size, tolerance: 1e-3 },
        );
      }),
      { numRuns: 8 },
    );
  });

  it("gives the gradient to the first of equal ones", async () => {
    const part = (...data: number[]) => ({ dims: [4], data: Float32Array.from(data) });
    const inputs = { a: part(1, 0, 2, 0), b: part(1, 3, 2, 0), c: part(1, 3, 1, 5) };
    const tested = await differentiate((tape, v) => maximum(tape, [v.a!, v.b!, v.c!]), inputs, 6);
    const [p, q, r, s] = Array.from(randomTensor([4], 6).data) as [number, number, number, number];
    // Adding 0 takes the sign from a zero.
    const gradient = (name: string) => tested.gradient(name).map((value) => value + 0);
    expect(gradient("a")).toEqual(Float32Array.of(p, 0, r, 0));
    expect(gradient("b")).toEqual(Float32Array.of(0, q, 0, 0));
    expect(gradient("c")).toEqual(Float32Array.of(0, 0, 0, s));
    await tested.release();
  });
});
