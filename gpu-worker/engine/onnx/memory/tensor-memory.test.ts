import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../input-error.ts";
import {
  type Build,
  checkOf,
  floats,
  graphOf,
  INPUT,
  node,
  scalarOf,
} from "./small-graphs.fixture.ts";
import { MAX_TENSOR_BYTES } from "./tensor-memory.ts";

describe("createMemoryCheck", () => {
  it("counts each computed tensor once", () => {
    const bytes = graphOf((g, x) => g.node("Relu", [g.node("Concat", [x, x], { axis: 0 })]));
    expect(checkOf(bytes)(INPUT).bytes).toBe(2 * 2 * 4 * 4 * 6 * 8);
  });

  const MIB = 2 ** 20;
  it.each<[string, Build]>([
    ["ConstantOfShape", (g) => g.node("ConstantOfShape", [g.integers([1000, MIB])])],
    ["Expand", node("Expand", {}, (g) => [g.integers([4_000_000, 4, 6, 8])])],
    ["Tile", node("Tile", {}, (g) => [g.integers([1, 1, MIB, 4])])],
    ["Range", (g) => g.node("Range", [scalarOf(g, 0), scalarOf(g, 2 ** 31), scalarOf(g, 1)])],
    ["Resize", node("Resize", {}, (g) => ["", "", g.integers([1, 4, 20_000, 20_000])])],
    ["Pad", node("Pad", {}, (g) => [g.integers([0, 0, 0, 0, 0, 0, 0, 2 ** 30])])],
    [
      "ConvTranspose",
      node("ConvTranspose", { strides: [10_000, 10_000] }, (g) => [floats(g, [4, 1, 1, 1])]),
    ],
    [
      "Conv",
      node("Conv", { pads: [20_000, 20_000, 20_000, 20_000] }, (g) => [floats(g, [1, 4, 1, 1])]),
    ],
    [
      "OneHot",
      (g, x) => g.node("OneHot", [g.node("ArgMax", [x]), g.integers([2 ** 30]), floats(g, [2])]),
    ],
    [
      "Gather",
      (g, x) =>
        g.node("Gather", [x, g.node("ConstantOfShape", [g.integers([2 ** 26])], {})], { axis: 3 }),
    ],
    [
      "MatMul",
      (g, x) => {
        const long = g.node("Reshape", [
          g.node("Tile", [x, g.integers([1, 1, 1, 1000])]),
          g.integers([-1, 1]),
        ]);
        return g.node("MatMul", [long, g.node("Transpose", [long])]);
      },
    ],
    [
      "Concat",
      (g, x) =>
        Array.from({ length: 24 }).reduce<string>(
          (last) => g.node("Concat", [last, last], { axis: 3 }),
          x,
        ),
    ],
    [
      "Add",
      (g, x) => {
        const wide = g.node("Tile", [x, g.integers([1, 1, 1, 2000])]);
        const rows = g.node("Reshape", [wide, g.integers([-1, 1])]);
        return g.node("Add", [rows, g.node("Reshape", [wide, g.integers([1, -1])])]);
      },
    ],
    [
      "Einsum",
      node("Einsum", { equation: { text: "abcd,ef->abcdef" } }, (g) => [
        g.node("Tile", [floats(g, [1, 1]), g.integers([2000, 2000])]),
      ]),
    ],
  ])("refuses a small graph with a huge %s before it is loaded", (opType, build) => {
    const bytes = graphOf(build);
    expect(() => checkOf(bytes)(INPUT)).toThrow(InputError);
    expect(() => checkOf(bytes)(INPUT)).toThrow(new RegExp(`${opType} ".*exceed 1\\.5 GiB`));
  });

  it("refuses any chain that grows beyond the limit, whatever grows in it", () => {
    const growing = fc.constantFrom<Build>(
      node("Tile", {}, (g) => [g.integers([1, 4, 1, 1])]),
      node("Pad", {}, (g) => [g.integers([0, 0, 0, 0, 0, 0, 0, 4000])]),
      node("Resize", {}, (g) => ["", g.floats("triple", [4], () => Float32Array.of(1, 1, 3, 3))]),
      (g, x) => g.node("Concat", [x, x, x, x], { axis: 2 }),
      (g, x) =>
        g.node("Expand", [
          g.node("Unsqueeze", [g.node("ReduceMean", [x]), g.integers([0])]),
          g.integers([1, 1, 8000, 400, 400]),
        ]),
      (g, x) => g.node("Mul", [x, g.node("ConstantOfShape", [g.integers([20, 1, 1, 1])])]),
    );
    fc.assert(
      fc.property(fc.array(growing, { minLength: 17, maxLength: 30 }), (chain) => {
        const bytes = graphOf((g, x) => chain.reduce((last, step) => step(g, last), x));
        expect(() => checkOf(bytes)(INPUT)).toThrow(/exceed 1\.5 GiB/);
      }),
    );
  });

  it.each<[string, Build]>([
    [
      "Reshape",
      (g, x) =>
        g.node("Reshape", [
          x,
          g.node("Cast", [g.node("ReduceMax", [x], { keepdims: 0 })], { to: 7 }),
        ]),
    ],
    [
      "ConstantOfShape",
      (g, x) =>
        g.node("ConstantOfShape", [
          g.node("Cast", [g.node("Reshape", [x, g.integers([-1])])], { to: 7 }),
        ]),
    ],
    [
      "Tile",
      (g, x) => g.node("Tile", [x, g.node("Reshape", [g.node("ArgMax", [x]), g.integers([-1])])]),
    ],
    [
      "Range",
      (g, x) =>
        g.node("Range", [
          scalarOf(g, 0),
          g.node("Cast", [g.node("ReduceMax", [x], { keepdims: 0 })], { to: 7 }),
          scalarOf(g, 1),
        ]),
    ],
    [
      "TopK",
      (g, x) =>
        g.node("TopK", [
          x,
          g.node("Cast", [g.node("Reshape", [g.node("ReduceMax", [x]), g.integers([1])])], {
            to: 7,
          }),
        ]),
    ],
    // Wraps around to 1 in onnxruntime.
    [
      "Expand",
      (g, x) =>
        g.node("Expand", [
          x,
          g.node("Add", [
            g.node("Mul", [g.integers([2 ** 32]), g.integers([2 ** 32])]),
            g.integers([1]),
          ]),
        ]),
    ],
  ])("refuses a %s whose shape isn't constant", (opType, build) => {
    const bytes = graphOf(build);
    expect(() => checkOf(bytes)(INPUT)).toThrow(
      new RegExp(`${opType} ".*computes the shape of its output from data`),
    );
  });

  it.each([
    "NonZero",
    "Compress",
    "Unique",
    "NonMaxSuppression",
    "Loop",
    "Scan",
    "If",
    "SequenceEmpty",
    "STFT",
    "Squeezle",
  ])("refuses %s, whose output can't be foreseen", (opType) => {
    const bytes = graphOf(node(opType));
    expect(() => checkOf(bytes)(INPUT)).toThrow(new RegExp(`${opType} ".*isn't supported`));
  });

  it("refuses weights that don't have the size of their shape", () => {
    const bytes = graphOf((g, x) =>
      g.node("Add", [x, g.floats("w", [MIB, MIB], () => new Float32Array(3))]),
    );
    expect(() => checkOf(bytes)).toThrow(
      /"w" holds 3 values; its shape \[1048576, 1048576\] needs/,
    );
  });

  it("refuses cycles and tensors that nothing computes", () => {
    const bytes = graphOf((g, x) => g.node("Add", [x, "nothing"]));
    expect(() => checkOf(bytes)).toThrow(/never computes its tensor "nothing"/);
    const cycle = graphOf((g, x) => {
      const first = g.node("Add", [x, "v1"]);
      return g.node("Relu", [first]);
    });
    expect(() => checkOf(cycle)).toThrow(/has a cycle/);
  });

  it("finds graphs that are small at one length and huge at another", () => {
    const bytes = graphOf((g, x) => {
      const time = g.node("Gather", [g.node("Shape", [x]), g.integers([3])]);
      const isNine = g.node("Equal", [time, g.integers([9])]);
      const times = g.node("Where", [isNine, g.integers([2 ** 24]), g.integers([1])]);
      return g.node("Tile", [x, g.node("Concat", [g.integers([1, 1, 1]), times], { axis: 0 })]);
    });
    expect(checkOf(bytes)(INPUT).bytes).toBeLessThan(MIB);
    expect(() => checkOf(bytes)([1, 4, 6, 9])).toThrow(/exceed/);
  });

  it.each([
    "demo/models/shared/encoder.onnx",
    "demo/models/classic-bram/model.onnx",
    "infra/golden/fixture/fcn.onnx",
  ])("accepts %s for 30 s with half of the limit to spare", async (path) => {
    const bytes = await readFile(new URL(`../../../../${path}`, import.meta.url));
    expect(checkOf(bytes)([1, 1, 256, 1876]).bytes).toBeLessThan(MAX_TENSOR_BYTES / 2);
    expect(() => checkOf(bytes)([16, 1, 256, 1876])).not.toThrow();
  });
});
