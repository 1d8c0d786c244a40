import fc from "fast-check";
import onnxProto, { type onnx } from "onnx-proto";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { checkOnnxLimits, MAX_NODES, MAX_ONNX_BYTES } from "./onnx-limits.ts";
import { readOnnx } from "./read-onnx.ts";
import { floatTensor, floatValue, onnxBytes, smallModel } from "./small-model.fixture.ts";

const SIGNATURE = { input: "logmel", output: "logit", bands: 256 };
const { AttributeType } = onnxProto.onnx.AttributeProto;

function read(change: (model: onnx.IModelProto, graph: onnx.IGraphProto) => void) {
  const model = smallModel();
  change(model, model.graph!);
  return () => readOnnx(onnxBytes(model), SIGNATURE);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** A field of wire type 2. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]);
}

describe("readOnnx", () => {
  it("reads a model with the signature", () => {
    const model = read(() => undefined)();
    expect(model.nodes.map((node) => node.opType)).toEqual([
      "Conv",
      "Relu",
      "GlobalAveragePool",
      "Flatten",
      "Gemm",
    ]);
    expect([...model.initializers.keys()]).toHaveLength(3);
    expect(model).toMatchObject({ opset: 17, output: "logit" });
  });

  it("accepts weights listed as inputs, as by old exporters", () => {
    const old = read((_, graph) => graph.input!.push(floatValue("head.bias", [1])));
    expect(old().input.name).toBe("logmel");
  });

  it.each<[string, RegExp, Parameters<typeof read>[0]]>([
    ["another input name", /one input, "logmel"; it has "x"/, (_, g) => (g.input![0]!.name = "x")],
    [
      "two inputs",
      /it has "logmel", "extra"/,
      (_, g) => g.input!.push(floatValue("extra", ["batch", 1])),
    ],
    ["no output", /one output, "logit"; it has none/, (_, g) => (g.output = [])],
    [
      "another rank",
      /must be \[batch, 1, bands, time\].*it is \[batch, 256, time\]/,
      (_, g) => (g.input = [floatValue("logmel", ["batch", 256, "time"])]),
    ],
    [
      "another number of bands",
      /it is \[batch, 1, 128, time\]/,
      (_, g) => (g.input = [floatValue("logmel", ["batch", 1, 128, "time"])]),
    ],
    [
      "several classes",
      /"logit" must be \[batch, 1\].*\[batch, 50\]/,
      (_, g) => (g.output = [floatValue("logit", ["batch", 50])]),
    ],
    [
      "an input of integers",
      /float32/,
      (_, g) =>
        (g.input![0]!.type!.tensorType!.elemType = onnxProto.onnx.TensorProto.DataType.INT8),
    ],
    ["an old operator set", /operator set 11/, (m) => (m.opsetImport = [{ version: 11 }])],
    ["no operator set", /operator set 0/, (m) => (m.opsetImport = [])],
    [
      "a custom operator",
      /com\.evil\.Relu; only standard/,
      (_, g) => (g.node![1]!.domain = "com.evil"),
    ],
    ["local functions", /local functions/, (m) => (m.functions = [{ name: "f", domain: "d" }])],
    ["training graphs", /training/, (m) => (m.trainingInfo = [{}])],
    [
      "weights in another file",
      /external data/,
      (_, g) => (g.initializer![0]!.externalData = [{ key: "location", value: "../secret" }]),
    ],
    [
      "control flow",
      /control flow/,
      (_, g) =>
        g.node![0]!.attribute!.push({ name: "body", type: AttributeType.GRAPH, g: { node: [] } }),
    ],
    [
      "two weights of one name",
      /two weights called "head.bias"/,
      (_, g) => g.initializer!.push(floatTensor("head.bias", [1], [2])),
    ],
    [
      "too many operators",
      new RegExp(`more than ${MAX_NODES} operators`),
      (_, g) => (g.node = Array.from({ length: MAX_NODES + 1 }, () => ({ opType: "Relu" }))),
    ],
  ])("rejects %s", (_, message, change) => {
    expect(read(change)).toThrow(InputError);
    expect(read(change)).toThrow(message);
  });

  it("rejects bytes that are not ONNX, of any length", () => {
    const text = new TextEncoder().encode("<!doctype html><title>Not a model</title>");
    expect(() => readOnnx(text, SIGNATURE)).toThrow(/not an ONNX model/);
    expect(() => readOnnx(new Uint8Array(), SIGNATURE)).toThrow(/no graph/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => readOnnx(bytes, SIGNATURE)).toThrow(InputError);
      }),
    );
  });

  it("rejects every truncation", () => {
    const bytes = onnxBytes(smallModel());
    for (let length = 0; length < bytes.length; length += 61) {
      expect(() => readOnnx(bytes.subarray(0, length), SIGNATURE)).toThrow(InputError);
    }
  });
});

describe("checkOnnxLimits", () => {
  it("stops at the size limit", () => {
    expect(() => checkOnnxLimits(new Uint8Array(MAX_ONNX_BYTES + 1))).toThrow(/64 MB/);
  });

  it("stops before a decoder would make objects of millions of empty messages", () => {
    const emptyTensors = new Uint8Array(2_000_000);
    for (let i = 0; i < emptyTensors.length; i += 2) emptyTensors[i] = 5 * 8 + 2;
    expect(() => checkOnnxLimits(field(7, emptyTensors))).toThrow(/more than \d+ fields/);
  });

  it("stops before a decoder would box millions of packed numbers", () => {
    const tensor = field(7, new Uint8Array(2_500_000));
    expect(() => checkOnnxLimits(field(7, field(5, tensor)))).toThrow(/outside of raw_data/);
  });

  it("allows one graph only: decoders disagree about which of two counts", () => {
    const graph = field(7, new Uint8Array());
    const two = Uint8Array.from([...graph, ...graph]);
    expect(() => checkOnnxLimits(two)).toThrow(/more than one graph/);
  });

  it("does not run past the end of a length that lies", () => {
    expect(() => checkOnnxLimits(Uint8Array.from([7 * 8 + 2, 0xff, 0xff, 0x7f, 0]))).toThrow(
      /damaged/,
    );
    expect(() => checkOnnxLimits(new Uint8Array(20).fill(0xff))).toThrow(/damaged/);
  });
});
