import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../input-error.ts";
import type { OnnxModel } from "./read-onnx.ts";
import { canonicalTensor } from "./tensors.ts";

/** IR version written: the newest that every field used here belongs to. */
const IR_VERSION = 8;

const { AttributeType } = onnxProto.onnx.AttributeProto;

/** The output to keep of a graph. */
export interface GraphTarget {
  /** Name of the tensor in the model. */
  tensor: string;
  /** Its name in the canonical graph. */
  name: string;
  /** Sizes of its dimensions; a string names a variable one. */
  shape: (number | string)[];
}

/**
 * Writes the part of a model that a tensor depends on, so that two exports of the same computation have
 * the same bytes: operators in the order in which the output needs them, tensors numbered in that
 * order, attributes sorted, weights as raw bytes; no names, comments or tool versions.
 *
 * @returns a complete ONNX file with the input `logmel`
 * @throws InputError if the graph has a cycle, or a tensor that is computed twice or never
 */
export function canonicalOnnx(model: OnnxModel, target: GraphTarget): Uint8Array {
  const producers = producersOf(model);
  const names = new Map<string, string>([[model.input.name ?? "", "logmel"]]);
  const nodes: onnx.INodeProto[] = [];
  const initializers: onnx.ITensorProto[] = [];
  const entered = new Set<onnx.INodeProto>();

  function nameOf(tensor: string): string {
    let name = names.get(tensor);
    if (name === undefined) {
      name = tensor === target.tensor ? target.name : `t${names.size}`;
      names.set(tensor, name);
    }
    return name;
  }

  function visit(tensor: string): void {
    if (tensor === "" || names.has(tensor)) return;
    const weights = model.initializers.get(tensor);
    if (weights) {
      initializers.push({ ...canonicalTensor(weights), name: nameOf(tensor) });
      return;
    }
    const node = producers.get(tensor);
    if (!node) throw new InputError(`the model never computes its tensor "${tensor}"`);
    if (entered.has(node)) throw new InputError(`the model's graph has a cycle at "${tensor}"`);
    entered.add(node);
    for (const input of node.input ?? []) visit(input);
    nodes.push(canonicalNode(node, nameOf));
  }

  visit(target.tensor);
  const graph: onnx.IGraphProto = {
    name: "canonical",
    node: nodes,
    initializer: initializers,
    input: [valueInfo("logmel", inputShape(model.input))],
    output: [valueInfo(target.name, target.shape)],
  };
  return onnxProto.onnx.ModelProto.encode({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: "", version: model.opset }],
    graph,
  }).finish();
}

function producersOf(model: OnnxModel): Map<string, onnx.INodeProto> {
  const producers = new Map<string, onnx.INodeProto>();
  for (const node of model.nodes) {
    for (const tensor of node.output ?? []) {
      if (tensor === "") continue;
      if (producers.has(tensor) || model.initializers.has(tensor)) {
        throw new InputError(`the model computes its tensor "${tensor}" twice`);
      }
      producers.set(tensor, node);
    }
  }
  return producers;
}

function canonicalNode(node: onnx.INodeProto, nameOf: (tensor: string) => string): onnx.INodeProto {
  const rename = (tensor: string) => (tensor === "" ? "" : nameOf(tensor));
  return {
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
    opType: node.opType ?? "",
    attribute: (node.attribute ?? [])
      .map(canonicalAttribute)
      .sort((a, b) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1)),
  };
}

/** Keeps only the value that the attribute's type names, and writes it even if it is the default. */
function canonicalAttribute(attribute: onnx.IAttributeProto): onnx.IAttributeProto {
  const { name, type } = attribute;
  const base = { name: name ?? "", type: type ?? AttributeType.UNDEFINED };
  switch (type) {
    case AttributeType.FLOAT:
      return { ...base, f: attribute.f ?? 0 };
    case AttributeType.INT:
      return { ...base, i: attribute.i ?? 0 };
    case AttributeType.STRING:
      return { ...base, s: attribute.s ?? new Uint8Array() };
    case AttributeType.TENSOR:
      return { ...base, t: canonicalTensor(attribute.t ?? {}) };
    case AttributeType.FLOATS:
      return { ...base, floats: attribute.floats ?? [] };
    case AttributeType.INTS:
      return { ...base, ints: attribute.ints ?? [] };
    case AttributeType.STRINGS:
      return { ...base, strings: attribute.strings ?? [] };
    default:
      throw new InputError(`the model's attribute "${name}" has an unsupported type`);
  }
}

function inputShape(input: onnx.IValueInfoProto): (number | string)[] {
  const symbols = ["batch", "channel", "bands", "time"];
  return (input.type?.tensorType?.shape?.dim ?? []).map(
    (dim, axis) => Number(dim.dimValue ?? 0) || symbols[axis]!,
  );
}

function valueInfo(name: string, shape: (number | string)[]): onnx.IValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size },
  );
  const elemType = onnxProto.onnx.TensorProto.DataType.FLOAT;
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
