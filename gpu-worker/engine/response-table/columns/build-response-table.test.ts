import { segmentBounds } from "@lemons/shared/explanation/components";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createNodeRuntime } from "../../runtime/node/node-runtime.ts";
import { compareWithDense, someGates, type TableAccuracy } from "../compare-with-dense.ts";
import { noise, smallFrontEnd } from "../noise.fixture.ts";
import {
  averaged,
  fcn,
  meanAndMax,
  scaled,
  strided,
  type TestNetwork,
  testModel,
} from "./networks.fixture.ts";
import type { TensorLimits } from "./table-plan.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 2 });

const BANDS = 12;
const frontEnd = smallFrontEnd(BANDS);

interface Case {
  samples: number;
  segments: number;
  sources: number;
  silent?: readonly (readonly [number, number, number])[];
  limits?: Partial<TensorLimits>;
}

async function comparisonOf(
  build: Parameters<typeof testModel>[1],
  { samples, segments, sources, silent, limits }: Case,
  masks = 10,
  opset = 17,
): Promise<TableAccuracy> {
  const model = testModel({ bands: BANDS, seed: 7, opset }, build);
  const bounds = segmentBounds(samples, segments);
  const waveforms = noise(samples, sources, 3, silent);
  const question = { frontEnd, sources: waveforms, segments: bounds };
  const compared = { ...model, prepare: () => model.prepare(question, limits) };
  return compareWithDense(compared, question, someGates(masks, segments * sources, 11), runtime);
}

describe("the table against forward passes on waveforms mixed in float64", () => {
  it.each<[string, Case]>([
    ["segments on the frame grid", { samples: 32 * 300, segments: 5, sources: 2 }],
    ["odd lengths", { samples: 9781, segments: 5, sources: 2 }],
    ["boundaries off the grid", { samples: 7000, segments: 3, sources: 3 }],
    [
      "long segments cut into patches",
      { samples: 20_011, segments: 2, sources: 2, limits: { maxTensorBytes: 40 * 4 * 4 * BANDS } },
    ],
    [
      "large tensors in strips",
      { samples: 9781, segments: 3, sources: 2, limits: { maxStripBytes: 2000 } },
    ],
    [
      "one segment in strips",
      { samples: 9781, segments: 1, sources: 3, limits: { maxStripBytes: 2000 } },
    ],
    [
      "patches in strips",
      {
        samples: 20_011,
        segments: 2,
        sources: 2,
        limits: { maxTensorBytes: 40 * 4 * 4 * BANDS, maxStripBytes: 1000 },
      },
    ],
    ["one segment", { samples: 3001, segments: 1, sources: 4 }],
    ["eight sources", { samples: 2000, segments: 1, sources: 8 }],
    ["two sources in short segments", { samples: 900, segments: 4, sources: 2 }],
    ["one source", { samples: 9001, segments: 8, sources: 1 }],
    ["columns that see three segments", { samples: 1900, segments: 5, sources: 1 }],
    ["columns that see every segment", { samples: 700, segments: 5, sources: 1 }],
    ["segments of a frame each", { samples: 300, segments: 8, sources: 1 }],
    ["a track of a few frames", { samples: 263, segments: 2, sources: 2 }],
    ["a silent component", { samples: 6000, segments: 3, sources: 3, silent: [[1, 0, 2000]] }],
    [
      "a silent segment",
      {
        samples: 6000,
        segments: 3,
        sources: 2,
        silent: [
          [0, 2000, 4000],
          [1, 2000, 4000],
        ],
      },
    ],
    [
      "a silent first segment",
      {
        samples: 5000,
        segments: 4,
        sources: 2,
        silent: [
          [0, 0, 1250],
          [1, 0, 1250],
        ],
      },
    ],
    [
      "silence",
      {
        samples: 5000,
        segments: 2,
        sources: 2,
        silent: [
          [0, 0, 5000],
          [1, 0, 5000],
        ],
      },
    ],
  ])("%s", async (name, each) => {
    const { float64, spread } = await comparisonOf(fcn([4, 6, 5]), each);
    expect(float64).toBeLessThan(1e-4);
    if (name !== "silence") expect(spread).toBeGreaterThan(0.01);
  });

  it.each<[string, (network: TestNetwork, input: string) => { tensor: string; features: number }]>([
    ["stride-2 convolutions without pooling", strided([4, 6, 5])],
    ["average pooling with padding counted, and not", averaged],
    [
      "pooling before the first convolution, dilation, groups and even kernels",
      (network, input) => {
        let tensor = scaled(network, input);
        tensor = network.node("MaxPool", [tensor], {
          kernel_shape: [1, 3],
          strides: [1, 2],
          pads: [0, 1, 0, 1],
        });
        tensor = network.conv(tensor, { from: 1, to: 6, kernel: [3, 4], pads: [0, 2, 0, 1] });
        tensor = network.node("Tanh", [tensor]);
        tensor = network.conv(tensor, {
          from: 6,
          to: 6,
          kernel: [3, 3],
          dilations: [1, 2],
          pads: [1, 2, 1, 2],
          group: 3,
        });
        tensor = network.node("Sigmoid", [tensor]);
        tensor = network.conv(tensor, { from: 6, to: 5, kernel: [1, 1], strides: [1, 2] });
        return meanAndMax(network, tensor, 5);
      },
    ],
    [
      "pointwise graphs, constants by band and by channel",
      (network, input) => {
        let tensor = scaled(network, input);
        tensor = network.node("Mul", [tensor, network.scales([1, 1, network.bands, 1])]);
        tensor = network.conv(tensor, { from: 1, to: 5, kernel: [3, 3], pads: [1, 1, 1, 1] });
        const swish = network.node("Mul", [tensor, network.node("Sigmoid", [tensor])]);
        tensor = network.node("PRelu", [swish, network.scales([5, 1, 1])]);
        tensor = network.node("Dropout", [tensor]);
        tensor = network.conv(tensor, { from: 5, to: 4, kernel: [2, 3], bias: false });
        tensor = network.batchNormalization(tensor, 4);
        return meanAndMax(network, tensor, 4);
      },
    ],
    [
      "mean and maximum added, behind every band, and normalised",
      (network, input) => {
        let tensor = scaled(network, input);
        tensor = network.conv(tensor, { from: 1, to: 3, kernel: [5, 3], strides: [3, 1] });
        tensor = network.node("Relu", [tensor]);
        const bands = Math.floor((network.bands - 5) / 3) + 1;
        const mean = network.node("ReduceMean", [tensor], { axes: [3], keepdims: 0 });
        const max = network.node("ReduceMax", [tensor], { axes: [-1], keepdims: 0 });
        const sum = network.node("Flatten", [network.node("Add", [mean, max])], { axis: 1 });
        const loudest = network.node("ReduceMax", [tensor], { axes: [2], keepdims: 0 });
        const steady = network.node("ReduceMean", [loudest], { axes: [2], keepdims: 0 });
        const joined = network.node("Concat", [sum, steady], { axis: -1 });
        const features = 3 * bands + 3;
        return { tensor: network.batchNormalization(joined, features), features };
      },
    ],
  ])("%s", async (_name, build) => {
    for (const each of [
      { samples: 6101, segments: 4, sources: 2 },
      { samples: 1500, segments: 4, sources: 2 },
      { samples: 6101, segments: 1, sources: 2, limits: { maxStripBytes: 500 } },
    ]) {
      const { float64, spread } = await comparisonOf(build, each, 6);
      expect(float64).toBeLessThan(1e-4);
      expect(spread).toBeGreaterThan(0.01);
    }
  });

  it.each<[string, Case]>([
    ["one segment", { samples: 50_003, segments: 1, sources: 2 }],
    ["several segments", { samples: 50_003, segments: 3, sources: 1 }],
    ["in strips", { samples: 50_003, segments: 3, sources: 1, limits: { maxStripBytes: 300_000 } }],
  ])("a wide network, whose silence is computed from a shorter track: %s", async (_name, each) => {
    const { float64, spread } = await comparisonOf(fcn([64, 4]), each, 8);
    expect(float64).toBeLessThan(1e-4);
    expect(spread).toBeGreaterThan(0.01);
  });

  it("a model of a later operator set", async () => {
    const each = { samples: 5000, segments: 2, sources: 2 };
    const { float64, spread } = await comparisonOf(fcn([4, 4]), each, 8, 20);
    expect(float64).toBeLessThan(1e-4);
    expect(spread).toBeGreaterThan(0.01);
  });

  it("small random networks, lengths, segments and sources", async () => {
    const layer = fc.record({
      to: fc.integer({ min: 1, max: 5 }),
      kernel: fc.integer({ min: 1, max: 5 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      padBegin: fc.integer({ min: 0, max: 4 }),
      padEnd: fc.integer({ min: 0, max: 4 }),
      pool: fc.constantFrom("none", "MaxPool", "AveragePool"),
      poolKernel: fc.integer({ min: 2, max: 3 }),
      poolStride: fc.integer({ min: 1, max: 2 }),
      poolPad: fc.integer({ min: 0, max: 1 }),
    });
    const track = fc.record({
      samples: fc.integer({ min: 1200, max: 5000 }),
      segments: fc.integer({ min: 1, max: 4 }),
      sources: fc.integer({ min: 1, max: 2 }),
      limits: fc.record({
        maxTensorBytes: fc.constantFrom(1, 1e9),
        maxStripBytes: fc.constantFrom(1, 500, 1e9),
      }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(layer, { minLength: 1, maxLength: 3 }),
        track,
        async (layers, each) => {
          const compared = comparisonOf(
            (network, input) => {
              let tensor = scaled(network, input);
              let from = 1;
              for (const { to, kernel, stride, dilation, pool, ...rest } of layers) {
                const reach = dilation * (kernel - 1);
                const pads = [
                  1,
                  Math.min(rest.padBegin, reach),
                  1,
                  Math.min(rest.padEnd, reach),
                ] as const;
                tensor = network.conv(tensor, {
                  from,
                  to,
                  kernel: [3, kernel],
                  strides: [1, stride],
                  dilations: [1, dilation],
                  pads,
                });
                tensor = network.node("Relu", [tensor]);
                if (pool !== "none") {
                  const { poolKernel, poolStride, poolPad } = rest;
                  tensor = network.node(pool, [tensor], {
                    kernel_shape: [1, poolKernel],
                    strides: [1, poolStride],
                    pads: [0, poolPad, 0, 0],
                  });
                }
                from = to;
              }
              return meanAndMax(network, tensor, from);
            },
            each,
            4,
          );
          // Strides may leave no column; that is another test's.
          const { float64 } = await compared.catch((error: Error) => {
            if (error.message.includes("too short")) return { float64: 0 };
            throw error;
          });
          expect(float64).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });
});
