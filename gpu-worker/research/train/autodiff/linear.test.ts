import fc from "fast-check";
import { describe, it } from "vitest";
import { expectGradients, randomTensor, seeds } from "../fixtures/gradient-check.ts";
import { concat, linear, reshape } from "./linear.ts";

const sizes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }));
const few = { numRuns: 8 };
const ofLinear = { step: 1, tolerance: 1e-5 };

describe("reshape", () => {
  it("matches finite differences", async () => {
    const inputs = { x: randomTensor([3, 4], 1) };
    await expectGradients((tape, { x }) => reshape(tape, x!, [2, 3, 2]), inputs, ofLinear);
  });
});

describe("concat", () => {
  it("matches finite differences", async () => {
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
  it("matches finite differences", async () => {
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
