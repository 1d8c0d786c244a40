import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differentiate, expectGradients, randomTensor, seeds } from "../fixtures/gradient-check.ts";
import { concat } from "./concat.ts";
import { dropout } from "./dropout.ts";
import { linear } from "./linear.ts";
import { multiplyByConstant, multiplyByNumber } from "./multiply.ts";
import { reshape } from "./reshape.ts";
import { sigmoidCrossEntropy } from "./sigmoid-cross-entropy.ts";

const sizes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }));
const few = { numRuns: 8 };
const ofLinear = { step: 1, tolerance: 1e-5 };

describe("concat", () => {
  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 4 }), async ([rows, left], right) => {
        const inputs = { a: randomTensor([rows, left], 1), b: randomTensor([rows, right], 2) };
        await expectGradients((tape, v) => concat(tape, [v.a!, v.b!]), inputs, ofLinear);
      }),
      few,
    );
  });
});

describe("linear", () => {
  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, seeds, async ([rows, inputs], [outputs], seed) => {
        await expectGradients(
          (tape, { x, weight, bias }) => linear(tape, x!, weight!, bias!),
          {
            x: randomTensor([rows, inputs], seed),
            weight: randomTensor([outputs, inputs], seed ^ 1),
            bias: randomTensor([outputs], seed ^ 2),
          },
          ofLinear,
        );
      }),
      few,
    );
  });
});

describe("multiplyByConstant", () => {
  it("has the gradients of finite differences, with a constant that is spread", async () => {
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
  it("has the gradients of finite differences", async () => {
    const inputs = { x: randomTensor([3, 4], 1), factor: randomTensor([1], 2) };
    await expectGradients(
      (tape, { x, factor }) => multiplyByNumber(tape, x!, factor!),
      inputs,
      ofLinear,
    );
  });
});

describe("reshape", () => {
  it("has the gradients of finite differences", async () => {
    const inputs = { x: randomTensor([3, 4], 1) };
    await expectGradients((tape, { x }) => reshape(tape, x!, [2, 3, 2]), inputs, ofLinear);
  });
});

describe("dropout", () => {
  const mask = Float32Array.of(1, 0, 1, 1, 1, 0);

  it("has the gradients of finite differences, and makes up for what it drops", async () => {
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

describe("sigmoidCrossEntropy", () => {
  const of = (labels: Float32Array, weights: Float32Array): Parameters<typeof differentiate>[0] =>
    function operator(tape, { x }) {
      const constant = (name: string, data: Float32Array) =>
        tape.graph.floats(name, x!.dims, () => data);
      return sigmoidCrossEntropy(
        tape,
        x!,
        constant("labels", labels),
        constant("weights", weights),
      );
    };

  it("has the gradients of finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, seeds, async (dims, seed) => {
        const x = randomTensor(dims, seed);
        const labels = randomTensor(dims, seed ^ 1).data.map((value) => (value > 0 ? 1 : 0));
        const weights = randomTensor(dims, seed ^ 2).data.map((value) => value + 1.5);
        x.data.forEach((value, i) => {
          x.data[i] = 4 * value;
        });
        await expectGradients(of(labels, weights), { x }, { step: 0.01, tolerance: 1e-3 });
      }),
      few,
    );
  });

  it("is finite for logits of any size, and 0 without labels", async () => {
    const x = { dims: [4], data: Float32Array.of(-1000, 1000, -1000, 1000) };
    const labels = Float32Array.of(0, 1, 1, 0);
    const tested = await differentiate(of(labels, Float32Array.of(1, 1, 1, 1)), { x });
    expect(tested.result.data).toEqual(Float32Array.of(500));
    await tested.release();
    const none = await differentiate(of(labels, new Float32Array(4)), { x });
    expect(none.result.data).toEqual(Float32Array.of(0));
    expect(none.gradient("x").map(Math.abs)).toEqual(new Float32Array(4));
    await none.release();
  });
});
