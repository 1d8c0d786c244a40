import onnxProto, { type onnx } from "onnx-proto";

const { AttributeType } = onnxProto.onnx.AttributeProto;
const { FLOAT, INT64 } = onnxProto.onnx.TensorProto.DataType;

/** IR version written: the newest that every field used here belongs to. */
const IR_VERSION = 8;

/** Size of a dimension; a string names a variable one. */
export type Dimension = number | string;

export type AttributeValue = number | readonly number[] | { float: number } | { text: string };

/** Writes an ONNX graph node by node. */
export interface GraphBuilder {
  /** Declares a float32 input. */
  input(name: string, shape: readonly Dimension[]): string;
  /** Adds weights, once for each name. */
  floats(name: string, dims: readonly number[], values: () => Float32Array): string;
  /** Adds an int64 list. */
  integers(values: readonly number[]): string;
  /** Adds a node and names its output. Numbers are int attributes. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes?: Record<string, AttributeValue>,
  ): string;
  /** Adds a node with several outputs and names them. */
  nodes(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Record<string, AttributeValue>,
  ): string[];
  /** Adds a copy of a node, attributes included. */
  copy(node: onnx.INodeProto, inputs: readonly string[]): string;
  /** Makes a tensor an output of that name. A tensor can have only one. */
  output(tensor: string, name: string, shape?: readonly Dimension[]): void;
  encode(): Uint8Array;
}

export function createGraphBuilder(opset: number): GraphBuilder {
  const nodes: onnx.INodeProto[] = [];
  const inputs: onnx.IValueInfoProto[] = [];
  const outputs: onnx.IValueInfoProto[] = [];
  const outputNames = new Map<string, string>();
  const initializers = new Map<string, onnx.ITensorProto>();
  let next = 0;

  const finalName = (tensor: string) => outputNames.get(tensor) ?? tensor;

  const weights = (name: string, dims: readonly number[], dataType: number, bytes: Uint8Array) => {
    initializers.set(name, { name, dims: [...dims], dataType, rawData: bytes });
    return name;
  };
  const add = (node: onnx.INodeProto, outputs: number) => {
    const names = Array.from({ length: outputs }, () => `v${next++}`);
    nodes.push({ ...node, name: names[0]!, output: names });
    return names;
  };
  const addWritten: GraphBuilder["nodes"] = (opType, names, count, attributes = {}) => {
    const attribute = Object.entries(attributes).map(([name, value]) => written(name, value));
    return add({ opType, input: [...names], attribute }, count);
  };

  return {
    input(name, shape) {
      inputs.push(valueInfo(name, shape));
      return name;
    },
    floats(name, dims, values) {
      if (initializers.has(name)) return name;
      const { buffer, byteOffset, byteLength } = values();
      return weights(name, dims, FLOAT, new Uint8Array(buffer, byteOffset, byteLength));
    },
    integers(values) {
      const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      return weights(`i64:${values.join()}`, [values.length], INT64, bytes);
    },
    node: (opType, names, attributes) => addWritten(opType, names, 1, attributes)[0]!,
    nodes: addWritten,
    copy: ({ opType, attribute }, names) =>
      add({ opType: opType ?? "", input: [...names], attribute: attribute ?? [] }, 1)[0]!,
    output(tensor, name, shape) {
      outputNames.set(tensor, name);
      outputs.push(valueInfo(name, shape));
    },
    encode() {
      const graph = {
        name: "chain",
        node: nodes.map((node) => ({
          ...node,
          input: (node.input ?? []).map(finalName),
          output: (node.output ?? []).map(finalName),
        })),
        input: inputs,
        output: outputs,
        initializer: [...initializers.values()],
      };
      const opsetImport = [{ domain: "", version: opset }];
      return onnxProto.onnx.ModelProto.encode({
        irVersion: IR_VERSION,
        opsetImport,
        graph,
      }).finish();
    },
  };
}

function valueInfo(name: string, shape?: readonly Dimension[]): onnx.IValueInfoProto {
  if (!shape) return { name, type: { tensorType: { elemType: FLOAT } } };
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

function written(name: string, value: AttributeValue): onnx.IAttributeProto {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ("text" in value) {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.text) };
  }
  return { name, type: AttributeType.INTS, ints: [...value] };
}
