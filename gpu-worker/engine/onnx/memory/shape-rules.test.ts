import fc from "fast-check";
import onnxProto from "onnx-proto";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import {
  type Build,
  checkOf,
  floats,
  graphOf,
  INPUT,
  node,
  scalarOf,
} from "./small-graphs.fixture.ts";

/** Runs a graph and returns each of its computed tensors. */
async function tensorsByOnnxruntime(bytes: Uint8Array, dims: readonly number[]) {
  const model = onnxProto.onnx.ModelProto.decode(bytes);
  const names = model.graph!.node!.flatMap((each) => each.output ?? []).filter((name) => name);
  model.graph!.output = names.map((name) => ({ name }));
  const session = await ort.InferenceSession.create(
    onnxProto.onnx.ModelProto.encode(model).finish(),
    { logSeverityLevel: 4 },
  );
  const size = dims.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i) + 2);
  const results = await session.run({ x: new ort.Tensor("float32", data, dims) });
  await session.release();
  return Object.entries(results);
}

/** Compares all shapes, and the values that are known before the graph runs. */
async function expectSameTensors(build: Build, dims: readonly number[] = INPUT) {
  const bytes = graphOf(build, dims);
  const { tensors } = checkOf(bytes)(dims);
  for (const [name, computed] of await tensorsByOnnxruntime(bytes, dims)) {
    const { dims: shape, values } = tensors.get(name)!;
    expect([name, shape]).toEqual([name, [...computed.dims]]);
    if (values) expect([name, values]).toEqual([name, Array.from(computed.data, Number)]);
  }
}

const CONV = { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 2, 1], dilations: [1, 2] };

const BUILDS: [string, Build][] = [
  ...["Relu", "Exp", "Softmax", "LogSoftmax", "Neg", "Identity", "Elu", "Mish"].map(
    (name): [string, Build] => [name, node(name)],
  ),
  ["Add, broadcast", node("Add", {}, (g) => [floats(g, [2, 4, 1, 8])])],
  [
    "Less, Where",
    (g, x) => g.node("Where", [g.node("Less", [x, floats(g, [])]), x, floats(g, [3, 1, 1, 1])]),
  ],
  ["Cast", node("Cast", { to: 11 })],
  ["Clip without a minimum", (g, x) => g.node("Clip", [x, "", floats(g, [])])],
  ["Dropout", (g, x) => g.nodes("Dropout", [x], 2)[0]!],
  ["BatchNormalization", node("BatchNormalization", {}, (g) => Array(4).fill(floats(g, [4])))],
  [
    "InstanceNormalization",
    node("InstanceNormalization", {}, (g) => [floats(g, [4]), floats(g, [4])]),
  ],
  ["LayerNormalization", node("LayerNormalization", {}, (g) => [floats(g, [8]), floats(g, [8])])],
  ["ReduceMean", node("ReduceMean", { keepdims: 0 }, (g) => [g.integers([1, -1])])],
  ["ReduceMax over all", node("ReduceMax")],
  ["ReduceSum without axes", node("ReduceSum", { noop_with_empty_axes: 1 })],
  ["ArgMax", node("ArgMax", { axis: -2, keepdims: 0 })],
  ["Conv", node("Conv", CONV, (g) => [floats(g, [5, 4, 3, 2])])],
  [
    "Conv in groups, SAME",
    node("Conv", { group: 2, strides: [2, 3], auto_pad: { text: "SAME_UPPER" } }, (g) => [
      floats(g, [6, 2, 3, 3]),
    ]),
  ],
  ["Conv, VALID", node("Conv", { auto_pad: { text: "VALID" } }, (g) => [floats(g, [6, 4, 3, 3])])],
  [
    "ConvTranspose",
    node("ConvTranspose", { strides: [2, 3], pads: [1, 0, 0, 1], output_padding: [1, 2] }, (g) => [
      floats(g, [4, 3, 3, 2]),
    ]),
  ],
  [
    "ConvTranspose to a shape",
    node("ConvTranspose", { strides: [2, 2], output_shape: [12, 16] }, (g) => [
      floats(g, [4, 3, 3, 3]),
    ]),
  ],
  ["MaxPool", (g, x) => g.nodes("MaxPool", [x], 2, CONV)[0]!],
  [
    "AveragePool, rounded up",
    node("AveragePool", { kernel_shape: [4, 3], strides: [3, 2], ceil_mode: 1 }),
  ],
  ["GlobalAveragePool", node("GlobalAveragePool")],
  ["MatMul", node("MatMul", {}, (g) => [floats(g, [4, 8, 3])])],
  ["MatMul of a vector", node("MatMul", {}, (g) => [floats(g, [8])])],
  [
    "Gemm",
    (g, x) =>
      g.node("Gemm", [g.node("Flatten", [x]), floats(g, [7, 192]), floats(g, [7])], { transB: 1 }),
  ],
  ["Einsum", node("Einsum", { equation: { text: "bcft,td->bdf" } }, (g) => [floats(g, [8, 3])])],
  [
    "LSTM",
    (g, x) =>
      g.nodes(
        "LSTM",
        [g.node("Squeeze", [x, g.integers([0])]), floats(g, [2, 20, 8]), floats(g, [2, 20, 5])],
        3,
        { hidden_size: 5, direction: { text: "bidirectional" } },
      )[0]!,
  ],
  [
    "GRU",
    (g, x) =>
      g.nodes(
        "GRU",
        [g.node("Squeeze", [x, g.integers([0])]), floats(g, [1, 15, 8]), floats(g, [1, 15, 5])],
        2,
        { hidden_size: 5 },
      )[0]!,
  ],
  ["Reshape", node("Reshape", {}, (g) => [g.integers([0, -1, 2])])],
  ["Flatten", node("Flatten", { axis: -2 })],
  [
    "Unsqueeze, Squeeze",
    (g, x) =>
      g.node("Squeeze", [g.node("Unsqueeze", [x, g.integers([0, -1])]), g.integers([-1, 1])]),
  ],
  ["Concat", (g, x) => g.node("Concat", [x, x, floats(g, [1, 3, 6, 8])], { axis: 1 })],
  ["Split", (g, x) => g.nodes("Split", [x], 3, { axis: -1, num_outputs: 3 })[1]!],
  ["Split to sizes", (g, x) => g.nodes("Split", [x, g.integers([1, 5])], 2, { axis: 2 })[1]!],
  [
    "Slice",
    node("Slice", {}, (g) => [
      g.integers([-3, 1]),
      g.integers([2 ** 40, -1]),
      g.integers([-1, 2]),
      g.integers([1, 2]),
    ]),
  ],
  [
    "Slice backwards",
    node("Slice", {}, (g) => [
      g.integers([-1]),
      g.integers([-100]),
      g.integers([3]),
      g.integers([-3]),
    ]),
  ],
  ["Transpose", node("Transpose", { perm: [2, 0, 3, 1] })],
  ["Gather", node("Gather", { axis: 2 }, (g) => [g.integers([0, -1, 3])])],
  [
    "GatherND",
    node("GatherND", {}, (g) => [
      g.node("Reshape", [g.integers([0, 1, 0, 2]), g.integers([2, 2])]),
    ]),
  ],
  [
    "ScatterND",
    (g, x) =>
      g.node("ScatterND", [
        x,
        g.node("Reshape", [g.integers([0, 2]), g.integers([1, 2])]),
        floats(g, [1, 6, 8]),
      ]),
  ],
  ["Expand", node("Expand", {}, (g) => [g.integers([3, 2, 1, 1, 8])])],
  ["Tile", node("Tile", {}, (g) => [g.integers([1, 2, 1, 3])])],
  ["Pad", node("Pad", {}, (g) => [g.integers([0, 0, 1, -2, 0, 0, 2, 3])])],
  ["Pad of axes", node("Pad", {}, (g) => [g.integers([1, 2]), "", g.integers([-1])])],
  [
    "ConstantOfShape",
    (g, x) => g.node("ConstantOfShape", [g.node("Shape", [x], { start: 1, end: -1 })]),
  ],
  ["Range", (g, x) => g.node("Range", [scalarOf(g, 1), g.node("Size", [x]), scalarOf(g, 7)])],
  [
    "Resize by scales",
    node("Resize", {}, (g) => ["", g.floats("scales", [4], () => Float32Array.of(1, 1, 2.3, 0.7))]),
  ],
  [
    "Resize to sizes",
    node("Resize", { mode: { text: "linear" } }, (g) => ["", "", g.integers([1, 4, 9, 5])]),
  ],
  ["OneHot", (g, x) => g.node("OneHot", [g.node("ArgMax", [x]), g.integers([9]), floats(g, [2])])],
  ["TopK", (g, x) => g.nodes("TopK", [x, g.integers([3])], 2, { axis: 2 })[1]!],
  ["DepthToSpace", node("DepthToSpace", { blocksize: 2 })],
  ["SpaceToDepth", node("SpaceToDepth", { blocksize: 2 })],
  ["CumSum", (g, x) => g.node("CumSum", [x, scalarOf(g, 3)])],
  ["Trilu", node("Trilu")],
  [
    "shapes computed from shapes",
    (g, x) => {
      const shape = g.node("Shape", [x]);
      const time = g.node("Gather", [shape, g.integers([3])]);
      const half = g.node("Div", [g.node("Add", [time, g.integers([1])]), g.integers([2])]);
      const wanted = g.node("Concat", [g.integers([4, 6]), half, g.integers([-1])], { axis: 0 });
      const ones = g.node("Equal", [wanted, g.integers([-1, -1, 4, -1])]);
      return g.node("Reshape", [x, g.node("Where", [ones, wanted, g.integers([2, 2, 4, -1])])]);
    },
  ],
];

describe("SHAPE_RULES", () => {
  it.each(BUILDS)("agree with onnxruntime: %s", async (_, build) => {
    await expectSameTensors(build);
  });

  it("agree with onnxruntime on any chain of operators", async () => {
    const steps: fc.Arbitrary<Build> = fc.oneof(
      fc.constantFrom("Relu", "Softmax", "GlobalMaxPool").map((name) => node(name)),
      fc
        .record({
          kernel: fc.integer({ min: 1, max: 3 }),
          stride: fc.integer({ min: 1, max: 3 }),
          pad: fc.integer({ min: 0, max: 1 }),
        })
        .map(({ kernel, stride, pad }) =>
          node(
            kernel > pad ? "MaxPool" : "Relu",
            kernel > pad
              ? {
                  kernel_shape: [kernel, kernel],
                  strides: [stride, stride],
                  pads: Array(4).fill(pad),
                }
              : {},
          ),
        ),
      fc
        .array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 })
        .map((pads) => node("Pad", {}, (g) => [g.integers(pads)])),
      fc
        .shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
        .map((perm) => node("Transpose", { perm })),
      fc
        .array(fc.integer({ min: 1, max: 2 }), { minLength: 4, maxLength: 4 })
        .map((times) => node("Tile", {}, (g) => [g.integers(times)])),
      fc.integer({ min: 0, max: 3 }).map(
        (axis): Build =>
          (g, x) =>
            g.node("Concat", [x, x], { axis }),
      ),
      fc
        .record({ axis: fc.integer({ min: -4, max: 3 }), start: fc.integer({ min: -9, max: 9 }) })
        .map(
          ({ axis, start }): Build =>
            (g, x) =>
              g.node(
                "Concat",
                [
                  g.node("Slice", [x, g.integers([start]), g.integers([99]), g.integers([axis])]),
                  x,
                ],
                { axis },
              ),
        ),
      fc.integer({ min: 0, max: 3 }).map(
        (axis): Build =>
          (g, x) => {
            const size = g.node("Gather", [g.node("Shape", [x]), g.integers([axis])]);
            const shape = g.node("Concat", [size, g.integers([1, 1, -1])], { axis: 0 });
            return g.node("Reshape", [x, shape]);
          },
      ),
      fc.constant<Build>((g, x) =>
        g.node("Add", [x, g.node("ConstantOfShape", [g.node("Shape", [x])])]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 6 }), async (chain) => {
        await expectSameTensors(
          (g, x) => chain.reduce((last, step) => step(g, last), x),
          [1, 2, 5, 7],
        );
      }),
      { numRuns: 60 },
    );
  });
});
