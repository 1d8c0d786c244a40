import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FloatTensor, sizeOf } from "../../../engine/onnx/tensors.ts";
import {
  differentiate,
  expectGradients,
  mapSizes,
  randomTensor,
  seeds,
  spreadTensor,
} from "../fixtures/gradient-check.ts";
import { maxPool, reduceMax, reduceMean } from "./pooling.ts";

const COTANGENT_SEED = 5;

/** Pools like PyTorch: the first of equal maxima in row-major order gets the gradient. */
function reference({ dims, data }: FloatTensor) {
  const [batch, channels, height, width] = dims as [number, number, number, number];
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  const cotangent = randomTensor([batch, channels, rows, columns], COTANGENT_SEED).data;
  const result = new Float32Array(cotangent.length);
  const gradient = new Float32Array(data.length);
  for (let i = 0; i < result.length; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns) % rows];
    const map = Math.floor(i / (rows * columns));
    const corner = (map * height + 2 * row) * width + 2 * column;
    let best = corner;
    for (const place of [corner + 1, corner + width, corner + width + 1]) {
      if (data[place]! > data[best]!) best = place;
    }
    result[i] = data[best]!;
    gradient[best] = cotangent[i]!;
  }
  return { result, gradient };
}

describe("maxPool", () => {
  it("matches finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(mapSizes(2), seeds, async (dims, seed) => {
        const x = spreadTensor(dims, seed);
        const step = 0.4 / sizeOf(dims);
        const options = { step, tolerance: 1e-3 };
        await expectGradients((tape, v) => maxPool(tape, v.x!), { x }, options);
      }),
      { numRuns: 8 },
    );
  });

  it("gives the gradient to the first of equal maxima", async () => {
    await fc.assert(
      fc.asyncProperty(mapSizes(2), seeds, async (dims, seed) => {
        const x = randomTensor(dims, seed);
        for (let i = 0; i < x.data.length; i++) x.data[i] = Math.round(x.data[i]!);
        const tested = await differentiate((tape, v) => maxPool(tape, v.x!), { x }, COTANGENT_SEED);
        const expected = reference(x);
        expect(tested.result.data).toEqual(expected.result);
        expect(tested.gradient("x")).toEqual(expected.gradient);
        await tested.release();
      }),
      { numRuns: 12 },
    );
  });
});

describe("reduceMean", () => {
  it("matches finite differences", async () => {
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
  it("matches finite differences", async () => {
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
