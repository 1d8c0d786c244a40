import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differentiate, expectGradients, randomTensor, seeds } from "../fixtures/gradient-check.ts";
import { sigmoidCrossEntropy } from "./sigmoid-cross-entropy.ts";

const sizes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }));
const few = { numRuns: 8 };

describe("sigmoidCrossEntropy", () => {
  const lossWith = (
    labels: Float32Array,
    weights: Float32Array,
  ): Parameters<typeof differentiate>[0] =>
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

  it("matches finite differences", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, seeds, async (dims, seed) => {
        const x = randomTensor(dims, seed);
        const labels = randomTensor(dims, seed ^ 1).data.map((value) => (value > 0 ? 1 : 0));
        const weights = randomTensor(dims, seed ^ 2).data.map((value) => value + 1.5);
        x.data.forEach((value, i) => {
          x.data[i] = 4 * value;
        });
        await expectGradients(lossWith(labels, weights), { x }, { step: 0.01, tolerance: 1e-3 });
      }),
      few,
    );
  });

  it("is finite for extreme logits, and 0 without labels", async () => {
    const x = { dims: [4], data: Float32Array.of(-1000, 1000, -1000, 1000) };
    const labels = Float32Array.of(0, 1, 1, 0);
    const tested = await differentiate(lossWith(labels, Float32Array.of(1, 1, 1, 1)), { x });
    expect(tested.result.data).toEqual(Float32Array.of(500));
    await tested.release();
    const none = await differentiate(lossWith(labels, new Float32Array(4)), { x });
    expect(none.result.data).toEqual(Float32Array.of(0));
    expect(none.gradient("x").map(Math.abs)).toEqual(new Float32Array(4));
    await none.release();
  });
});
