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
import { batchNormalization, EPSILON } from "./batch-normalization.ts";
import { maximum, multiplyByConstant } from "./elementwise.ts";
import { reshape } from "./linear.ts";
import { maxPool } from "./pooling.ts";
import { scalar, type Tape, type Variable } from "./tape.ts";

const normalized = (tape: Tape, { x, gamma, beta }: Record<string, Variable>) =>
  batchNormalization(tape, [x!], { input: x!, gamma: gamma!, beta: beta! }).result;

const normalizedMaxima = (tape: Tape, { x, gamma, beta }: Record<string, Variable>) =>
  batchNormalization(tape, [x!], { input: maxPool(tape, x!), gamma: gamma!, beta: beta! }).result;

const normalizedTogether = (tape: Tape, { x, gamma, beta }: Record<string, Variable>) => {
  const flat = reshape(tape, x!, [...x!.dims.slice(0, 2), 1, sizeOf(x!.dims.slice(2))]);
  const input = maximum(tape, [flat, multiplyByConstant(tape, flat, scalar(tape.graph, -0.5))]);
  return batchNormalization(tape, [x!, flat], { input, gamma: gamma!, beta: beta! }).result;
};

describe("batchNormalization", () => {
  it.each([
    ["its own statistics", normalized],
    ["pooled maxima", normalizedMaxima],
    ["a tensor derived from two parts", normalizedTogether],
  ])("matches finite differences for %s", async (_, operator) => {
    await fc.assert(
      fc.asyncProperty(mapSizes(2), seeds, async (dims, seed) => {
        const inputs = {
          // Values differ by at least 1 / size, so a step of 1e-3 changes no maximum.
          x: spreadTensor(dims, seed),
          gamma: randomTensor([dims[1]], seed ^ 1),
          beta: randomTensor([dims[1]], seed ^ 2),
        };
        await expectGradients(operator, inputs, { step: 1e-3, tolerance: 5e-3 });
      }),
      { numRuns: 8 },
    );
  });

  it("stays precise if the mean is a thousand times the deviation", async () => {
    const x = randomTensor([4, 2, 8, 8], 7);
    x.data.forEach((value, i) => {
      x.data[i] = 1000 + value;
    });
    const gamma = { dims: [2], data: Float32Array.of(2, -1) };
    const beta = { dims: [2], data: Float32Array.of(0.5, 3) };
    const tested = await differentiate(normalized, { x, gamma, beta });
    for (const channel of [0, 1]) {
      const values = x.data.filter((_, i) => Math.floor(i / 64) % 2 === channel);
      const found = tested.result.data.filter((_, i) => Math.floor(i / 64) % 2 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
      const scale = gamma.data[channel]! / Math.sqrt(variance + EPSILON);
      found.forEach((value, i) => {
        const expected = scale * (values[i]! - mean) + beta.data[channel]!;
        expect(Math.abs(value - expected)).toBeLessThan(2e-3);
      });
    }
    await tested.release();
  });
});
