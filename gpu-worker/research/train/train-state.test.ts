import { Architecture } from "@lemons/shared/contract/model";
import { describe, expect, it } from "vitest";
import { initialState, tensorOf } from "./train-state.ts";

const architecture = Architecture.parse({});

describe("initialState", () => {
  it("draws matrices from Glorot and Bengio's uniform distribution with gain sqrt 2", () => {
    const state = initialState(architecture, 1);
    const bounds: [string, number[], number][] = [
      ["layer1.conv.weight", [64, 1, 3, 3], 6 / (9 * 65)],
      ["layer3.conv.weight", [128, 128, 3, 3], 6 / (9 * 256)],
      ["fc.weight", [1, 128], 6 / 129],
    ];
    for (const [name, dims, square] of bounds) {
      const { data } = tensorOf(state, name, dims);
      const bound = Math.sqrt(2 * square);
      const largest = data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.9 * bound);
      const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
      expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(0.3);
    }
  });

  it("starts biases at 0, batch normalisation at 1 and 0, and Adam and the step count at 0", () => {
    const state = initialState(architecture, 1);
    const all = (name: string) => new Set(state.get(name)?.data);
    expect(all("layer2.conv.bias")).toEqual(new Set([0]));
    expect(all("fc.bias")).toEqual(new Set([0]));
    expect(all("spec_bn.weight")).toEqual(new Set([1]));
    expect(all("layer5.bn.bias")).toEqual(new Set([0]));
    expect(all("layer5.bn.running_mean")).toEqual(new Set([0]));
    expect(all("layer5.bn.running_var")).toEqual(new Set([1]));
    expect(all("adam.first.fc.weight")).toEqual(new Set([0]));
    expect(all("adam.second.layer5.conv.weight")).toEqual(new Set([0]));
    expect(state.has("adam.first.layer5.bn.running_var")).toBe(false);
    expect(state.get("step")).toEqual({ dims: [], data: Float32Array.of(0) });
  });

  it("depends on the seed alone, and draws a first head like a single one", () => {
    const one = initialState(architecture, 7);
    expect(initialState(architecture, 7)).toEqual(one);
    expect(initialState(architecture, 8)).not.toEqual(one);
    const three = initialState({ ...architecture, heads: 3 }, 7);
    const first = three.get("fc.weight")!.data.subarray(0, 128);
    expect(first).toEqual(one.get("fc.weight")?.data);
  });
});

describe("tensorOf", () => {
  it("names the tensor that is missing or has another shape", () => {
    const state = initialState(architecture, 1);
    expect(() => tensorOf(state, "layer6.conv.bias", [64])).toThrow('no tensor "layer6.conv.bias"');
    expect(() => tensorOf(state, "fc.weight", [7, 128])).toThrow(
      '"fc.weight" is [1, 128]; this network needs [7, 128]',
    );
  });
});
