import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../input-error.ts";
import { checkOnnxLimits } from "./onnx-limits.ts";

/** Oldest operator set that is accepted. */
export const MIN_OPSET = 17;

/** The signature that a model package states for its graph. */
export interface OnnxSignature {
  /** Name of the input [batch, 1, bands, time]. */
  input: string;
  /** Name of the output [batch, outputs]. */
  output: string;
  bands: number;
  /** Size of the output; 1 by default, null for any. */
  outputs?: number | null;
}

/** A decoded model with a model package's signature. */
export interface OnnxModel {
  opset: number;
  input: onnx.IValueInfoProto;
  /** Name of the output. */
  output: string;
  /** Size of the output; null if the model doesn't state it. */
  outputs: number | null;
  nodes: onnx.INodeProto[];
  initializers: Map<string, onnx.ITensorProto>;
}

/**
 * Reads a model that is not trusted: one plain graph of standard operators with its weights inside,
 * one input and one output of the given names and ranks.
 *
 * @throws InputError saying what is wrong
 */
export function readOnnx(bytes: Uint8Array, signature: OnnxSignature): OnnxModel {
  checkOnnxLimits(bytes);
  const model = decode(bytes);
  const graph = model.graph!;
  const nodes = graph.node ?? [];
  const opset = opsetOf(model);
  const foreign = nodes.find((node) => !isStandardDomain(node.domain));
  if (foreign) {
    throw new InputError(
      `the model uses the operator ${foreign.domain}.${foreign.opType}; only standard ONNX operators are allowed`,
    );
  }
  const initializers = new Map<string, onnx.ITensorProto>();
  for (const tensor of graph.initializer ?? []) {
    const name = tensor.name ?? "";
    if (initializers.has(name)) throw new InputError(`the model has two weights called "${name}"`);
    initializers.set(name, tensor);
  }
  const inputs = (graph.input ?? []).filter((value) => !initializers.has(value.name ?? ""));
  const input = only(inputs, "input", signature.input);
  checkShape(input, [null, 1, signature.bands, null], "[batch, 1, bands, time]");
  const output = only(graph.output ?? [], "output", signature.output);
  const { outputs: expected = 1 } = signature;
  checkShape(output, [null, expected], `[batch, ${expected ?? "features"}]`);
  const outputs = Number(output.type?.tensorType?.shape?.dim?.[1]?.dimValue ?? 0) || expected;
  return { opset, input, output: signature.output, outputs, nodes, initializers };
}

function decode(bytes: Uint8Array): onnx.ModelProto {
  try {
    return onnxProto.onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw new InputError("the file is not an ONNX model, or it is damaged", { cause: error });
  }
}

function isStandardDomain(domain: string | null | undefined): boolean {
  return !domain || domain === "ai.onnx";
}

function opsetOf(model: onnx.ModelProto): number {
  const standard = model.opsetImport.find(({ domain }) => isStandardDomain(domain));
  const version = Number(standard?.version ?? 0);
  if (version < MIN_OPSET) {
    throw new InputError(
      `the model uses operator set ${version}; export it with opset ${MIN_OPSET} or later`,
    );
  }
  return version;
}

function only(values: onnx.IValueInfoProto[], what: string, name: string): onnx.IValueInfoProto {
  const [value] = values;
  if (values.length === 1 && value?.name === name) return value;
  const found = values.map((each) => `"${each.name}"`).join(", ") || "none";
  throw new InputError(`the model must have one ${what}, "${name}"; it has ${found}`);
}

/** @param expected one entry a dimension: a size, or null for any */
function checkShape(
  value: onnx.IValueInfoProto,
  expected: readonly (number | null)[],
  description: string,
): void {
  const type = value.type?.tensorType;
  if (type?.elemType !== onnxProto.onnx.TensorProto.DataType.FLOAT) {
    throw new InputError(`the model's "${value.name}" must be a float32 tensor ${description}`);
  }
  const dims = type.shape?.dim ?? [];
  const fits =
    dims.length === expected.length &&
    dims.every((dim, axis) => {
      const size = Number(dim.dimValue ?? 0);
      return size === 0 || expected[axis] === null || size === expected[axis];
    });
  if (fits) return;
  const found = dims.map((dim) => dim.dimParam || String(dim.dimValue ?? "?")).join(", ");
  const required = expected.map((size) => size ?? "any").join(", ");
  throw new InputError(
    `the model's "${value.name}" must be ${description}, that is [${required}]; it is [${found}]`,
  );
}
