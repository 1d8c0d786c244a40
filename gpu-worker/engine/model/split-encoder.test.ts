import { fileURLToPath } from "node:url";
import { headBytes, headOfBytes } from "@lemons/shared/model/linear-head";
import onnxProto, { type onnx } from "onnx-proto";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { readOnnx } from "../onnx/read-onnx.ts";
import { floatTensor, onnxBytes, sha256, smallModel } from "../onnx/small-model.fixture.ts";
import { readSharedPackage } from "./node/read-model-package.ts";
import { composeOnnx, type SplitModel, splitEncoder } from "./split-encoder.ts";

const SIGNATURE = { input: "logmel", output: "logit", bands: 256 };
const { AttributeType } = onnxProto.onnx.AttributeProto;

function split(
  change: (graph: onnx.IGraphProto, model: onnx.IModelProto) => void = () => undefined,
) {
  const model = smallModel();
  change(model.graph!, model);
  return splitEncoder(readOnnx(onnxBytes(model), SIGNATURE));
}

/** Replaces the Gemm by other operators. */
function withHead(nodes: onnx.INodeProto[], weights: onnx.ITensorProto[]) {
  return split((graph) => {
    graph.node!.splice(4, 1, ...nodes);
    graph.initializer!.splice(1, 2, ...weights);
  });
}

const MATMUL = { opType: "MatMul", input: ["pooled.flat", "w"], output: ["product"] };
const COLUMN = floatTensor("w", [4, 1], [1, 2, 3, 4]);

describe("splitEncoder", () => {
  it("finds head and features", () => {
    const found = split()!;
    expect(found.encoder.features).toBe(4);
    expect([...found.head.weights]).toEqual([0.9, -0.6, 0.4, -0.2].map(Math.fround));
    expect(found.head.bias).toBe(0.25);
  });

  it("writes the encoder as a model from logmel to features", () => {
    const graph = onnxProto.onnx.ModelProto.decode(split()!.encoder.onnx).graph!;
    expect(graph.input!.map((value) => value.name)).toEqual(["logmel"]);
    expect(graph.output!.map((value) => value.name)).toEqual(["features"]);
    expect(graph.node!.map((node) => node.opType)).toEqual([
      "Conv",
      "Relu",
      "GlobalAveragePool",
      "Flatten",
    ]);
    expect(graph.initializer).toHaveLength(1);
  });

  it("folds alpha and beta of a Gemm into the head, and reads an untransposed one", () => {
    const found = split((graph) => {
      graph.node![4]!.attribute = [
        { name: "alpha", type: AttributeType.FLOAT, f: 2 },
        { name: "beta", type: AttributeType.FLOAT, f: 3 },
      ];
      graph.initializer![1] = floatTensor("head.weight", [4, 1], [1, 2, 3, 4]);
    })!;
    expect([...found.head.weights]).toEqual([2, 4, 6, 8]);
    expect(found.head.bias).toBe(0.75);
  });

  it.each([
    ["alone", [{ ...MATMUL, output: ["logit"] }], 0],
    ["with a bias after it", [MATMUL, add("product", "b")], 5],
    ["with a bias before it", [MATMUL, add("b", "product")], 5],
  ])("reads a MatMul %s", (_, nodes, bias) => {
    const found = withHead(nodes, [COLUMN, floatTensor("b", [1], [5])])!;
    expect(found.head).toEqual({ weights: Float32Array.of(1, 2, 3, 4), bias });
  });

  it("returns null for a model that ends in another operator", () => {
    const sigmoid = [
      { ...MATMUL, output: ["product"] },
      { opType: "Sigmoid", input: ["product"], output: ["logit"] },
    ];
    expect(withHead(sigmoid, [COLUMN])).toBeNull();
    const computed = [{ opType: "Gemm", input: ["pooled.flat", "pooled.flat"], output: ["logit"] }];
    expect(withHead(computed, [])).toBeNull();
  });

  it.each([
    ["a cycle", /cycle/, (g: onnx.IGraphProto) => (g.node![0]!.input![0] = "pooled")],
    ["a tensor from nowhere", /never computes/, (g) => (g.node![0]!.input![0] = "ghost")],
    ["a tensor made twice", /twice/, (g) => (g.node![1]!.output = ["filtered"])],
    [
      "weights that are shorter than their shape",
      /have 4 bytes; their shape needs 16/,
      (g) => (g.initializer![1]!.rawData = new Uint8Array(4)),
    ],
  ] as [string, RegExp, (graph: onnx.IGraphProto) => void][])(
    "rejects %s",
    (_, message, change) => {
      expect(() => split(change)).toThrow(InputError);
      expect(() => split(change)).toThrow(message);
    },
  );
});

/** Hashes of encoder and head, as packages state them. */
function versionsOf({ encoder, head }: SplitModel) {
  return { encoderVersion: sha256(encoder.onnx), headVersion: sha256(headBytes(head)) };
}

describe("encoderVersion", () => {
  const original = versionsOf(split()!);

  it.each([
    ["names", renameEverything],
    [
      "comments and tools",
      (_, model) => Object.assign(model, { producerName: "x", docString: "y" }),
    ],
    ["the order of operators", (g) => g.node!.reverse()],
    ["the order of weights", (g) => g.initializer!.reverse()],
    ["dead operators", (g) => g.node!.push({ opType: "Relu", input: ["pooled"], output: ["x"] })],
    [
      "how weights are written",
      (g) => {
        const weights = g.initializer![0]!;
        const bytes = Uint8Array.from(weights.rawData!);
        g.initializer![0] = { ...weights, floatData: [...new Float32Array(bytes.buffer)] };
        delete g.initializer![0].rawData;
      },
    ],
  ] as [string, (graph: onnx.IGraphProto, model: onnx.IModelProto) => void][])(
    "does not depend on %s",
    (_, change) => {
      expect(versionsOf(split(change)!)).toEqual(original);
    },
  );

  it("changes with a weight, an attribute and the operator set, unlike the head's", () => {
    const others = [
      split((g) => (g.initializer![0]!.rawData![0]! ^= 1))!,
      split((g) => {
        g.node![0]!.attribute!.push({ name: "strides", type: AttributeType.INTS, ints: [1, 2] });
      })!,
      split((_, model) => (model.opsetImport = [{ version: 18 }]))!,
    ].map(versionsOf);
    const versions = [original, ...others].map((each) => each.encoderVersion);
    expect(new Set(versions).size).toBe(4);
    for (const other of others) expect(other.headVersion).toBe(original.headVersion);
  });

  it("is shared by the demo's seven listeners, each with its own head", async () => {
    const folder = fileURLToPath(new URL("../../../demo/models/shared", import.meta.url));
    const { manifest, encoder, heads } = await readSharedPackage(folder);
    const all = manifest.listeners.map((_, row) => {
      const onnx = composeOnnx(encoder.onnx, headOfBytes(heads.bytesOf(row)));
      return versionsOf(splitEncoder(readOnnx(onnx, SIGNATURE))!);
    });
    expect(all).toHaveLength(7);
    for (const { encoderVersion } of all) expect(encoderVersion).toBe(manifest.encoderVersion);
    const versions = manifest.listeners.map(({ headVersion }) => headVersion);
    expect(all.map(({ headVersion }) => headVersion)).toEqual(versions);
    expect(new Set(versions).size).toBe(7);
  });
});

function add(a: string, b: string): onnx.INodeProto {
  return { opType: "Add", input: [a, b], output: ["logit"] };
}

function renameEverything(graph: onnx.IGraphProto): void {
  const rename = (name: string) => (name === "logmel" || name === "logit" ? name : `x/${name}`);
  for (const node of graph.node!) {
    node.name = "other";
    node.input = node.input!.map(rename);
    node.output = node.output!.map(rename);
  }
  for (const tensor of graph.initializer!) tensor.name = rename(tensor.name!);
}
