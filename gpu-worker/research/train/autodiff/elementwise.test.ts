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
import { dropout, maximum, multiplyByConstant, multiplyByNumber, relu } from "./elementwise.ts";

describe("relu", () => {
  it("matches finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(mapSizes(1), seeds, async (dims, seed) => {
        const options = { step: 0.4 / sizeOf(dims), tolerance: 1e-3 };
        const x = spreadTensor(dims, seed);
        await expectGradients((tape, v) => relu(tape, v.x!), { x }, options);
      }),
      { numRuns: 8 },
    );
  });

  it("has the gradient 0 at 0", async () => {
    const x = { dims: [5], data: Float32Array.of(-1, -0, 0, 1e-30, 2) };
    const tested = await differentiate((tape, v) => relu(tape, v.x!), { x });
    const passed = Array.from(tested.gradient("x"), (value) => value !== 0);
    expect(passed).toEqual([false, false, false, true, true]);
    await tested.release();
  });
});

describe("maximum", () => {
  it("matches finite differences", async () => {
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

  it("gives the gradient to the first of equal values", async () => {
    const part = (...data: number[]) => ({ dims: [4], data: Float32Array.from(data) });
    const inputs = { a: part(1, 0, 2, 0), b: part(1, 3, 2, 0), c: part(1, 3, 1, 5) };
    const tested = await differentiate((tape, v) => maximum(tape, [v.a!, v.b!, v.c!]), inputs, 6);
    const [p, q, r, s] = Array.from(randomTensor([4], 6).data) as [number, number, number, number];
    // Adding 0 turns -0 into 0.
    const gradient = (name: string) => tested.gradient(name).map((value) => value + 0);
    expect(gradient("a")).toEqual(Float32Array.of(p, 0, r, 0));
    expect(gradient("b")).toEqual(Float32Array.of(0, q, 0, 0));
    expect(gradient("c")).toEqual(Float32Array.of(0, 0, 0, s));
    await tested.release();
  });
});

const ofLinear = { step: 1, tolerance: 1e-5 };

describe("multiplyByConstant", () => {
  it("matches finite differences for a constant that broadcasts", async () => {
    const inputs = { x: randomTensor([3, 2, 1, 2], 1) };
    await expectGradients(
      (tape, { x }) => {
        const signs = tape.graph.floats("signs", [3, 1, 1, 1], () => Float32Array.of(1, -1, 0.5));
        return multiplyByConstant(tape, x!, signs);
      },
      inputs,
      ofLinear,
    );
  });
});

describe("multiplyByNumber", () => {
  it("matches finite differences", async () => {
    const inputs = { x: randomTensor([3, 4], 1), factor: randomTensor([1], 2) };
    await expectGradients(
      (tape, { x, factor }) => multiplyByNumber(tape, x!, factor!),
      inputs,
      ofLinear,
    );
  });
});

describe("dropout", () => {
  const mask = Float32Array.of(1, 0, 1, 1, 1, 0);

  it("matches finite differences, and scales the elements it keeps", async () => {
    const x = randomTensor([2, 3], 1);
    const operator: Parameters<typeof differentiate>[0] = (tape, v) =>
      dropout(
        tape,
        v.x!,
        tape.graph.floats("mask", [2, 3], () => mask),
        0.75,
      );
    await expectGradients(operator, { x }, ofLinear);
    const tested = await differentiate(operator, { x });
    expect(tested.result.data).toEqual(x.data.map((value, i) => 4 * mask[i]! * value));
    await tested.release();
  });
});
