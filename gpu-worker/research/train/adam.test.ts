import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createGraphBuilder } from "../../engine/onnx/graph-builder.ts";
import { adam, adamRates } from "./adam.ts";

const LEARNING_RATE = 0.01;
const WEIGHT_DECAY = 0.1;

/** Runs Kingma and Ba's algorithm 1 on one number, in float64. */
function reference(start: number, gradients: readonly number[]): number[] {
  let [weight, first, second] = [start, 0, 0];
  return gradients.map((gradient, i) => {
    const slope = gradient + WEIGHT_DECAY * weight;
    first = 0.9 * first + 0.1 * slope;
    second = 0.999 * second + 0.001 * slope ** 2;
    const unbiased = Math.sqrt(second / (1 - 0.999 ** (i + 1)));
    weight -= (LEARNING_RATE * (first / (1 - 0.9 ** (i + 1)))) / (unbiased + 1e-8);
    return weight;
  });
}

describe("adam", () => {
  it("takes the steps of the algorithm", async () => {
    const graph = createGraphBuilder(18);
    const names = ["weights", "first", "second", "gradient"].map((name) => graph.input(name, [3]));
    const [weights, first, second, gradient] = names as [string, string, string, string];
    const rates = { stepSize: graph.input("a", []), rootScale: graph.input("b", []) };
    const next = adam(graph, { weights, first, second }, gradient, rates, WEIGHT_DECAY);
    for (const [name, vector] of Object.entries(next)) graph.output(vector, `next_${name}`, [3]);
    const session = await InferenceSession.create(graph.encode());

    const start = [0.5, -2, 0];
    const gradients = Array.from({ length: 20 }, (_, i) => [Math.sin(i), 3, 1e-4 * Math.cos(i)]);
    const vector = (values: number[]) => new Tensor("float32", Float32Array.from(values), [3]);
    const scalar = (value: number) => new Tensor("float32", Float32Array.of(value), []);
    let state = { weights: vector(start), first: vector([0, 0, 0]), second: vector([0, 0, 0]) };
    const expected = start.map((weight, k) =>
      reference(
        weight,
        gradients.map((values) => values[k]!),
      ),
    );
    for (const [i, values] of gradients.entries()) {
      const { stepSize, rootScale } = adamRates(LEARNING_RATE, i + 1);
      const feeds = { gradient: vector(values), a: scalar(stepSize), b: scalar(rootScale) };
      const results = await session.run({ ...state, ...feeds });
      const next = (name: string) => vector(Array.from(results[name]!.data as Float32Array));
      state = {
        weights: next("next_weights"),
        first: next("next_first"),
        second: next("next_second"),
      };
      const found = state.weights.data;
      for (const [k, values] of expected.entries()) expect(found[k]).toBeCloseTo(values[i]!, 5);
    }
    await session.release();
  });
});
