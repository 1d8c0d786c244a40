import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convolution, filterWindows } from "./autodiff/convolution.ts";
import { maximum } from "./autodiff/elementwise.ts";
import { concat, reshape } from "./autodiff/linear.ts";
import { maxPool } from "./autodiff/pooling.ts";
import type { Tape, Variable } from "./autodiff/tape.ts";
import {
  differentiate,
  expectGradients,
  mapSizes,
  randomTensor,
  seeds,
} from "./fixtures/gradient-check.ts";
import { pooledWindows } from "./input-windows.ts";

const OUTPUTS = 2;

/** Shapes of one channel, with height and width of at least 2. */
const sizes = mapSizes(2).map(([batch, , height, width]) => [batch, 1, height, width] as const);

/** Convolves a constant map, in the order of its windows. */
function byWindows(tape: Tape, filters: Variable, x: string, dims: readonly number[]) {
  const [batch, , height, width] = dims as [number, number, number, number];
  const { corners, rest } = pooledWindows(tape.graph, [x], [batch, height, width]);
  const matrix = reshape(tape, filters, [OUTPUTS, 9]);
  const filtered = [corners, rest].map((all) => all.map((w) => filterWindows(tape, matrix, w)));
  return { corners: filtered[0]!, rest: filtered[1]! };
}

const constant = (tape: Tape, dims: readonly number[], seed: number) =>
  tape.graph.floats("map", dims, () => randomTensor(dims, seed).data);

describe("pooledWindows", () => {
  it("gives the maxima of a pooled convolution", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, seeds, async (dims, seed) => {
        const filters = randomTensor([OUTPUTS, 1, 3, 3], seed);
        const pooled = await differentiate(
          (tape, v) => {
            const map = tape.variable(constant(tape, dims, seed ^ 1), dims, false);
            return maxPool(tape, convolution(tape, map, v.filters!));
          },
          { filters },
        );
        const windowed = await differentiate(
          (tape, v) => {
            const map = constant(tape, dims, seed ^ 1);
            const { corners } = byWindows(tape, v.filters!, map, dims);
            return reshape(tape, maximum(tape, corners), pooled.result.dims);
          },
          { filters },
        );
        const close = (found: Float32Array, expected: Float32Array) => {
          found.forEach((value, i) => {
            expect(value).toBeCloseTo(expected[i]!, 5);
          });
        };
        close(windowed.result.data, pooled.result.data);
        close(windowed.gradient("filters"), pooled.gradient("filters"));
        await Promise.all([pooled.release(), windowed.release()]);
      }),
      { numRuns: 10 },
    );
  });

  it("covers every position of the map once", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (dims) => {
        const [batch, , height, width] = dims;
        const values = randomTensor(dims, 1).data;
        // A filter that returns the centre of the window.
        const centre = Float32Array.from({ length: 9 * OUTPUTS }, (_, i) => (i % 9 === 4 ? 1 : 0));
        const tested = await differentiate(
          (tape, v) => {
            const found = byWindows(tape, v.filters!, constant(tape, dims, 1), dims);
            const parts = [...found.corners, ...found.rest];
            const flat = parts.map((part) => reshape(tape, part, [batch * OUTPUTS, part.dims[3]!]));
            return concat(tape, flat);
          },
          { filters: { dims: [OUTPUTS, 1, 3, 3], data: centre } },
        );
        const positions = tested.result.data.subarray(0, height * width);
        expect(positions.toSorted()).toEqual(values.subarray(0, height * width).toSorted());
        await tested.release();
      }),
      { numRuns: 10 },
    );
  });
});

describe("filterWindows", () => {
  it("matches finite differences", async () => {
    const filters = randomTensor([OUTPUTS, 1, 3, 3], 3);
    for (const part of ["corners", "rest"] as const) {
      await expectGradients(
        (tape, v) =>
          byWindows(tape, v.filters!, constant(tape, [2, 1, 5, 3], 4), [2, 1, 5, 3])[part][1]!,
        { filters },
        { step: 1, tolerance: 1e-5 },
      );
    }
  });
});
