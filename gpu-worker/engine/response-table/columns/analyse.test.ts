import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { describe, expect, it } from "vitest";
import { readModelPackage } from "../../model/node/read-model-package.ts";
import { analyseModel } from "./analyse.ts";
import { blocksOf } from "./blocks.ts";
import { formatModelInspection } from "./inspection.ts";
import { meanAndMax, scaled, type TestNetwork, testModel } from "./networks.fixture.ts";

type Build = (network: TestNetwork, input: string) => { tensor: string; features: number };

const root = new URL("../../../../", import.meta.url).pathname;

function verdictOf(build: Build, opset = 17) {
  return testModel({ bands: 12, seed: 1, opset }, build).verdict;
}

function conv(network: TestNetwork, input: string, attributes: Record<string, number> = {}) {
  const kernel = [3, 3] as const;
  return network.conv(input, { from: 1, to: 4, kernel, pads: [1, 1, 1, 1], attributes });
}

/** A convolution, something in between, and pooling. */
const between =
  (change: (network: TestNetwork, tensor: string) => string): Build =>
  (network, input) =>
    meanAndMax(network, change(network, conv(network, scaled(network, input))), 4);

describe("analyseModel", () => {
  it.each(["infra/golden/fixture/fcn.onnx", "demo/models/classic-bram"])(
    "accepts %s",
    async (path) => {
      const verdict = analyseModel(await readModelPackage(`${root}${path}`));
      if (!verdict.applies) throw new Error(verdict.reason);
      const { trunk } = verdict;
      expect(blocksOf(trunk).map(({ convolution }) => convolution.shape.channels)).toEqual([
        64, 128, 128, 128, 64,
      ]);
      expect(trunk.pieces.map(({ bands, time, size }) => [bands, time, size])).toEqual([
        ["mean", "mean", 64],
        ["max", "max", 64],
      ]);
      expect(trunk.features.map(({ terms }) => terms)).toEqual(
        Array.from({ length: 128 }, (_, i) => [[i, 1]]),
      );
      const text = formatModelInspection(verdict, DEFAULT_FRONT_END);
      expect(text).toContain("receptive field 94 frames (1.52 s), one column every 32 frames");
      expect(text).toMatch(/5\s+max-pool 2x2 \/ 2x2\s+64\s+8\s+32\s+31\s+94\s+1\.52/);
    },
  );

  it("reads axes from inputs, as from operator set 18 on", () => {
    const verdict = verdictOf((network, input) => {
      const tensor = conv(network, scaled(network, input));
      const axes = network.integers([2, 3]);
      const mean = network.node("ReduceMean", [tensor, axes], { keepdims: 0 });
      return { tensor: mean, features: 4 };
    }, 18);
    expect(verdict).toMatchObject({ applies: true, trunk: { meanChannels: 4, maxChannels: 0 } });
  });

  it("resolves SAME padding without a stride", () => {
    const verdict = verdictOf((network, input) => {
      const pool = { kernel_shape: [1, 4], auto_pad: { text: "SAME_LOWER" } };
      const tensor = network.node("MaxPool", [conv(network, input)], pool);
      return meanAndMax(network, tensor, 4);
    });
    if (!verdict.applies) throw new Error(verdict.reason);
    expect(verdict.trunk.stages.at(-1)!.operator!.time).toMatchObject({ padBegin: 2, padEnd: 1 });
  });

  it.each<[string, string, Build]>([
    [
      "recurrent",
      "LSTM",
      (network, input) => {
        const lstm = network.node(
          "LSTM",
          [input, network.weights([1, 16, 12]), network.weights([1, 16, 4])],
          { hidden_size: 4 },
        );
        return {
          tensor: network.node("ReduceMean", [lstm], { axes: [2, 3], keepdims: 0 }),
          features: 4,
        };
      },
    ],
    [
      "mixes-time",
      "Softmax",
      between((network, tensor) => network.node("Softmax", [tensor], { axis: 3 })),
    ],
    [
      "mixes-time",
      "MatMul",
      between((network, tensor) => network.node("MatMul", [tensor, network.weights([100, 100])])),
    ],
    [
      "mixes-time",
      "Transpose",
      between((network, tensor) => network.node("Transpose", [tensor], { perm: [0, 1, 3, 2] })),
    ],
    [
      "global-normalisation",
      "InstanceNormalization",
      between((network, tensor) =>
        network.node("InstanceNormalization", [tensor, network.weights([4]), network.weights([4])]),
      ),
    ],
    [
      "global-normalisation",
      "brings a value of the whole track",
      (network, input) => {
        const highest = network.node("ReduceMax", [input], { axes: [2, 3] });
        const floor = network.node("Sub", [
          highest,
          network.floats("80", [], () => Float32Array.of(80)),
        ]);
        const clipped = network.node("Max", [input, floor]);
        return meanAndMax(network, conv(network, clipped), 4);
      },
    ],
    [
      "global-normalisation",
      "squeeze and excitation",
      between((network, tensor) => {
        const squeezed = network.node("GlobalAveragePool", [tensor]);
        const gate = network.node("Sigmoid", [network.node("Relu", [squeezed])]);
        return network.node("Mul", [tensor, gate]);
      }),
    ],
    [
      "ceil-mode",
      "ceil_mode",
      between((network, tensor) =>
        network.node("MaxPool", [tensor], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
      ),
    ],
    [
      "padding",
      "SAME_UPPER",
      between((network, tensor) =>
        network.node("MaxPool", [tensor], {
          kernel_shape: [3, 3],
          strides: [2, 2],
          auto_pad: { text: "SAME_UPPER" },
        }),
      ),
    ],
    [
      "padding",
      "padding alone",
      (network, input) => {
        const pads = [1, 3, 1, 3] as const;
        const tensor = network.conv(input, { from: 1, to: 4, kernel: [3, 3], pads });
        return meanAndMax(network, tensor, 4);
      },
    ],
    [
      "padding",
      "beyond its kernel",
      between((network, tensor) =>
        network.node("MaxPool", [tensor], { kernel_shape: [1, 1], strides: [1, 2] }),
      ),
    ],
    [
      "branches",
      "skip connection",
      between((network, tensor) => {
        const kernel = [3, 3] as const;
        const other = network.conv(tensor, { from: 4, to: 4, kernel, pads: [1, 1, 1, 1] });
        return network.node("Add", [tensor, other]);
      }),
    ],
    [
      "varies-in-time",
      "varies in time",
      between((network, tensor) => network.node("Add", [tensor, network.scales([1, 1, 1, 90])])),
    ],
    [
      "training-mode",
      "inference",
      between((network, tensor) => {
        const four = () => network.scales([4]);
        return network.node("BatchNormalization", [tensor, four(), four(), four(), four()], {
          training_mode: 1,
        });
      }),
    ],
    [
      "unsupported-operator",
      "not an operator that the engine knows",
      between((network, tensor) => network.node("Round", [tensor])),
    ],
    [
      "head-not-linear",
      "Relu",
      (network, input) => {
        const { tensor, features } = meanAndMax(network, conv(network, input), 4);
        return { tensor: network.node("Relu", [tensor]), features };
      },
    ],
  ])("refuses models: %s (%s)", (code, words, build) => {
    const verdict = verdictOf(build);
    expect(verdict).toMatchObject({ applies: false, code });
    const text = formatModelInspection(verdict, DEFAULT_FRONT_END);
    expect(text).toContain("does not apply");
    expect(text).toContain(words);
  });

  it("refuses a model without a linear head", async () => {
    const model = await readModelPackage(`${root}infra/golden/fixture/fcn.onnx`);
    const verdict = analyseModel({ ...model, encoder: null });
    expect(verdict).toMatchObject({ applies: false, code: "head-not-linear" });
  });
});
