import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../../engine/onnx/tensors.ts";
import {
  differentiate,
  expectGradients,
  mapSizes,
  randomTensor,
  seeds,
} from "../fixtures/gradient-check.ts";
import { convolution } from "./convolution.ts";

describe("convolution", () => {
  it("matches finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(
        mapSizes(1),
        fc.integer({ min: 1, max: 4 }),
        seeds,
        async ([batch, outputs, height, width], inputs, seed) => {
          await expectGradients(
            (tape, { x, weight }) => convolution(tape, x!, weight!),
            {
              x: randomTensor([batch, inputs, height, width], seed),
              weight: randomTensor([outputs, inputs, 3, 3], seed ^ 1),
            },
            { step: 1, tolerance: 1e-5 },
          );
        },
      ),
      { numRuns: 12 },
    );
  });

  it("sums the products of zero-padded 3 x 3 windows", async () => {
    const x = randomTensor([2, 3, 4, 5], 1);
    const weight = randomTensor([2, 3, 3, 3], 2);
    const tested = await differentiate((tape, v) => convolution(tape, v.x!, v.weight!), {
      x,
      weight,
    });
    const at = (item: number, channel: number, row: number, column: number) =>
      row < 0 || row > 3 || column < 0 || column > 4
        ? 0
        : x.data[((item * 3 + channel) * 4 + row) * 5 + column]!;
    const { dims, data } = tested.result;
    expect(dims).toEqual([2, 2, 4, 5]);
    for (let i = 0; i < sizeOf(dims); i++) {
      const [column, row] = [i % 5, Math.floor(i / 5) % 4];
      const [output, item] = [Math.floor(i / 20) % 2, Math.floor(i / 40)];
      let sum = 0;
      weight.data.subarray(27 * output, 27 * (output + 1)).forEach((factor, tap) => {
        const [dx, dy] = [(tap % 3) - 1, (Math.floor(tap / 3) % 3) - 1];
        sum += factor * at(item, Math.floor(tap / 9), row + dy, column + dx);
      });
      expect(data[i]).toBeCloseTo(sum, 5);
    }
    await tested.release();
  });
});
