import { createHash } from "node:crypto";
import { headBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import type { onnx } from "onnx-proto";
import { canonicalOnnx } from "./canonical-graph.ts";
import type { OnnxModel } from "./read-onnx.ts";
import { dimsOf, floatsOf } from "./tensor-bytes.ts";

/** A model as a trunk that many listeners can share and the head of one. */
export interface SplitModel {
  /** A complete model, input `logmel`, output `features` [batch, features], in canonical form. */
  encoder: { onnx: Uint8Array; features: number };
  /** SHA-256 of `encoder.onnx`: two exports of one trunk agree. */
  encoderVersion: string;
  head: LinearHead;
  /** SHA-256 of the weights and the bias as little-endian float32. */
  headVersion: string;
}

/**
 * Splits a model before its last linear layer: a Gemm, or a MatMul with or without an Add, whose
 * result of one number a row is the output.
 *
 * @returns null where the model ends in something else
 * @throws InputError where the graph or the head's weights are not well-formed
 */
export function splitEncoder(model: OnnxModel): SplitModel | null {
  const found = findHead(model);
  if (!found) return null;
  const { features, weights, bias } = found;
  const encoder = canonicalOnnx(model, {
    tensor: features,
    name: "features",
    shape: ["batch", weights.length],
  });
  const head = { weights, bias };
  return {
    encoder: { onnx: encoder, features: weights.length },
    encoderVersion: sha256(encoder),
    head,
    headVersion: sha256(headBytes(head)),
  };
}

/** SHA-256 of bytes, as 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
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

/** Y = alpha A' B' + beta C. */
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

/** Weights [features, 1], or [1, features] where transposed. */
function column(model: OnnxModel, name: string | undefined, transposed: boolean) {
  const tensor = model.initializers.get(name ?? "");
  const dims = tensor ? dimsOf(tensor) : [];
  return dims.length === 2 && dims[transposed ? 0 : 1] === 1 ? constant(model, name) : null;
}

function constant(model: OnnxModel, name: string | undefined): Float32Array | null {
  const tensor = model.initializers.get(name ?? "");
  return tensor ? floatsOf(tensor) : null;
}
