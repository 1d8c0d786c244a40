import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../../engine/onnx/tensors.ts";
import {
  differentiate,
  expectGradients,
  mapSizes,
  seeds,
  spreadTensor,
} from "../fixtures/gradient-check.ts";
import { relu } from "./relu.ts";

describe("relu", () => {
  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(mapSizes(1), seeds, async (dims, seed) => {
        const options = { step: 0.4 / sizeOf(dims), tolerance: 1e-3 };
        const x = spreadTensor(dims, seed);
        await expectGradients((tape, v) => relu(tape, v.x!), { x }, options);
      }),
      { numRuns: 8 },
    );
  });

  it("passes nothing on where its argument is zero", async () => {
    const x = { dims: [5], data: Float32Array.of(-1, -0, 0, 1e-30, 2) };
    const tested = await differentiate((tape, v) => relu(tape, v.x!), { x });
    const passed = Array.from(tested.gradient("x"), (value) => value !== 0);
    expect(passed).toEqual([false, false, false, true, true]);
    await tested.release();
  });
});
