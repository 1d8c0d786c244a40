import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../../engine/onnx/tensors.ts";
import {
  differentiate,
  expectGradients,
  mapSizes,
  randomTensor,
  seeds,
  spreadTensor,
} from "../fixtures/gradient-check.ts";
import { reduceMax, reduceMean } from "./reduce.ts";

describe("reduceMean", () => {
  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(mapSizes(1), seeds, async (dims, seed) => {
        const x = randomTensor(dims, seed);
        const options = { step: 1, tolerance: 1e-5 };
        await expectGradients((tape, v) => reduceMean(tape, v.x!), { x }, options);
      }),
      { numRuns: 8 },
    );
  });
});

describe("reduceMax", () => {
  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(mapSizes(1), seeds, async (dims, seed) => {
        const x = spreadTensor(dims, seed);
        const options = { step: 0.4 / sizeOf(dims), tolerance: 1e-3 };
        await expectGradients((tape, v) => reduceMax(tape, v.x!), { x }, options);
      }),
      { numRuns: 8 },
    );
  });

  it("gives the gradient to the first of equal maxima", async () => {
    const data = Float32Array.of(0, 3, 1, 3, 3, 2, 5, 5, 5, 5, 5, 5);
    const x = { dims: [2, 1, 2, 3], data };
    const tested = await differentiate((tape, v) => reduceMax(tape, v.x!), { x }, 4);
    const [first, second] = randomTensor([2, 1], 4).data as unknown as [number, number];
    const expected = Float32Array.of(0, first, 0, 0, 0, 0, second, 0, 0, 0, 0, 0);
    expect(tested.gradient("x")).toEqual(expected);
    await tested.release();
  });
});
