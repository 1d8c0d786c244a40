import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../input-error.ts";
import { canonicalOnnx } from "../onnx/canonical-graph.ts";
import { type OnnxModel, readOnnx } from "../onnx/read-onnx.ts";
import { dimsOf, floatsOf } from "../onnx/tensors.ts";
import { checkModelMemory } from "./model-memory.ts";

/** The part of a model that many listeners share: input `logmel`, output `features`. */
export interface SplitEncoder {
  /** In canonical form, so two exports of one computation have the same bytes. */
  onnx: Uint8Array;
  /** Number of pooled features. */
  features: number;
}

/** A model as an encoder that many listeners can share, and the head of one of them. */
export interface SplitModel {
  encoder: SplitEncoder;
  head: LinearHead;
}

/**
 * Splits a model before its last linear layer: a Gemm, or a MatMul with or without an Add, whose
 * output has one number a row.
 *
 * @returns null if the model ends in another operator
 * @throws InputError if the graph or the head's weights are malformed
 */
export function splitEncoder(model: OnnxModel): SplitModel | null {
  const found = findHead(model);
  if (!found) return null;
  const { features, weights, bias } = found;
  const onnx = canonicalOnnx(model, {
    tensor: features,
    name: "features",
    shape: ["batch", weights.length],
  });
  return { encoder: { onnx, features: weights.length }, head: { weights, bias } };
}

/**
 * Reads an encoder that is not trusted. It must be in canonical form, as training and
 * {@link splitEncoder} write it, so that its hash identifies the computation.
 *
 * @returns the encoder and its version, the SHA-256 of its bytes
 * @throws InputError saying what is wrong
 */
export async function readEncoder(
  onnx: Uint8Array,
  frontEnd: Pick<FrontEnd, "nMels" | "sampleRate" | "hop">,
): Promise<SplitEncoder & { version: string }> {
  const signature = { input: "logmel", output: "features", bands: frontEnd.nMels, outputs: null };
  const model = readOnnx(onnx, signature);
  checkModelMemory(model, frontEnd);
  const features = model.outputs;
  if (features === null) {
    throw new InputError('the encoder doesn\'t state the size of its output "features"');
  }
  const canonical = canonicalOnnx(model, {
    tensor: "features",
    name: "features",
    shape: ["batch", features],
  });
  if (!areEqual(canonical, onnx)) {
    throw new InputError(
      "the encoder is not in canonical form: write it with lemons train, or split a model.onnx",
    );
  }
  return { onnx, features, version: await sha256Hex(onnx) };
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

interface FoundHead extends LinearHead {
  /** Name of the tensor that the head reads. */
  features: string;
}

function findHead(model: OnnxModel): FoundHead | null {
  const producer = (tensor: string) => model.nodes.find((node) => node.output?.includes(tensor));
  const last = producer(model.output);
  if (last?.opType === "Gemm") return gemmHead(model, last);
  if (last?.opType === "MatMul") return matMulHead(model, last, 0);
  if (last?.opType !== "Add") return null;
  for (const [a, b] of [last.input ?? [], [...(last.input ?? [])].reverse()]) {
    const bias = constant(model, b);
    const product = producer(a ?? "");
    if (bias?.length === 1 && product?.opType === "MatMul") {
      return matMulHead(model, product, bias[0]!);
    }
  }
  return null;
}

/** Reads the head of Y = alpha A' B' + beta C. */
function gemmHead(model: OnnxModel, node: onnx.INodeProto): FoundHead | null {
  const [features, matrix, addend] = node.input ?? [];
  const attribute = (name: string) => node.attribute?.find((each) => each.name === name);
  if (!features || Number(attribute("transA")?.i ?? 0) !== 0) return null;
  const weights = column(model, matrix, Number(attribute("transB")?.i ?? 0) !== 0);
  const bias = addend ? constant(model, addend) : Float32Array.of(0);
  if (!weights || bias?.length !== 1) return null;
  const alpha = attribute("alpha")?.f ?? 1;
  const beta = attribute("beta")?.f ?? 1;
  return {
    features,
    weights: weights.map((weight) => alpha * weight),
    bias: Math.fround(beta * bias[0]!),
  };
}

function matMulHead(model: OnnxModel, node: onnx.INodeProto, bias: number): FoundHead | null {
  const [features, matrix] = node.input ?? [];
  const weights = column(model, matrix, false);
  return features && weights ? { features, weights, bias } : null;
}

/** Reads weights [features, 1], or [1, features] if `transposed`. */
function column(model: OnnxModel, name: string | undefined, transposed: boolean) {
  const tensor = model.initializers.get(name ?? "");
  const dims = tensor ? dimsOf(tensor) : [];
  return dims.length === 2 && dims[transposed ? 0 : 1] === 1 ? constant(model, name) : null;
}

function constant(model: OnnxModel, name: string | undefined): Float32Array | null {
  const tensor = model.initializers.get(name ?? "");
  return tensor ? floatsOf(tensor) : null;
}

const { FLOAT } = onnxProto.onnx.TensorProto.DataType;
const { INT } = onnxProto.onnx.AttributeProto.AttributeType;

/**
 * Joins an encoder and a head into one ordinary model, input `logmel`, output `logit` [batch, 1]. The
 * same parts give the same bytes, and splitting the model gives the same parts again.
 *
 * @param encoder in canonical form, output `features`
 */
export function composeOnnx(encoder: Uint8Array, { weights, bias }: LinearHead): Uint8Array {
  const model = onnxProto.onnx.ModelProto.decode(encoder);
  const { graph } = model;
  const tensor = (name: string, dims: number[], values: Float32Array) => ({
    name,
    dims,
    dataType: FLOAT,
    rawData: new Uint8Array(values.slice().buffer),
  });
  const dim = [{ dimParam: "batch" }, { dimValue: 1 }];
  return onnxProto.onnx.ModelProto.encode({
    ...model,
    graph: {
      ...graph,
      node: [
        ...(graph?.node ?? []),
        {
          input: ["features", "head.weight", "head.bias"],
          output: ["logit"],
          opType: "Gemm",
          attribute: [{ name: "transB", type: INT, i: 1 }],
        },
      ],
      initializer: [
        ...(graph?.initializer ?? []),
        tensor("head.weight", [1, weights.length], weights),
        tensor("head.bias", [1], Float32Array.of(bias)),
      ],
      output: [{ name: "logit", type: { tensorType: { elemType: FLOAT, shape: { dim } } } }],
    },
  }).finish();
}
