import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../../input-error.ts";
import { attributesOf, type NodeAttributes } from "../node-attributes.ts";
import { dimsOf, sizeOf } from "../tensors.ts";

export const { FLOAT, FLOAT16, BFLOAT16, DOUBLE, INT32, INT64, BOOL } =
  onnxProto.onnx.TensorProto.DataType;

/** A tensor before the model runs. */
export interface TensorFacts {
  dims: readonly number[];
  /** Number of the element type in onnx.proto. */
  type: number;
  /** In row-major order; null if they depend on the input or there are more than {@link MAX_VALUES}. */
  values: readonly number[] | null;
}

/** Limit of the values that are tracked of a tensor: shapes, axes and indices have few. */
export const MAX_VALUES = 1024;

/** Limit of a tensor's dimensions, far above what networks have. */
const MAX_RANK = 64;

/** A node with the facts about its inputs. */
export interface Operation {
  /** Type and first output, for messages. */
  name: string;
  opType: string;
  node: onnx.INodeProto;
  attributes: NodeAttributes;
  /** Number of outputs, omitted ones in between included. */
  outputs: number;
  /** Null for omitted inputs. */
  inputs: readonly (TensorFacts | null)[];
  has(attribute: string): boolean;
  /** @throws InputError if the input is omitted */
  input(index: number): TensorFacts;
  /**
   * Returns the values of an input that decides the output's shape.
   *
   * @throws InputError if they depend on the model's input
   */
  values(index: number): readonly number[];
  /** Returns an error about this operator. */
  fault(message: string): InputError;
}

/** The outputs of an operator. */
export interface OutputFacts {
  outputs: TensorFacts[];
  /** Bytes that the operator needs besides them while it runs; 0 by default. */
  workspace?: number;
}

/**
 * Returns the shapes and types of an operator's outputs, omitted ones included.
 *
 * @throws InputError if they depend on data
 */
export type ShapeRule = (op: Operation) => OutputFacts;

export function operationOf(
  node: onnx.INodeProto,
  inputs: readonly (TensorFacts | null)[],
): Operation {
  const opType = node.opType ?? "";
  const name = `${opType} "${node.output?.find((each) => each !== "") ?? ""}"`;
  const fault = (message: string) => new InputError(`the model's ${name} ${message}`);
  const input = (index: number) => {
    const facts = inputs[index];
    if (!facts) throw fault(`lacks its input ${index + 1}`);
    return facts;
  };
  return {
    name,
    opType,
    node,
    attributes: attributesOf(node),
    outputs: node.output?.length ?? 0,
    inputs,
    has: (attribute) => node.attribute?.some((each) => each.name === attribute) ?? false,
    input,
    values(index) {
      const { values } = input(index);
      if (values) return values;
      throw fault(
        "computes the shape of its output from data, so the memory it needs isn't known; export the model with constant shapes",
      );
    },
    fault,
  };
}

/**
 * Reads a tensor that the file holds.
 *
 * @throws InputError if it doesn't hold as many values as its shape has
 */
export function factsOfTensor(tensor: onnx.ITensorProto): TensorFacts {
  const dims = dimsOf(tensor);
  const type = tensor.dataType ?? 0;
  if (!isShape(dims)) {
    throw new InputError(`the model's tensor "${tensor.name}" has an impossible shape`);
  }
  const size = sizeOf(dims);
  const width = storedWidths[type];
  if (width === undefined) {
    throw new InputError(`the model's tensor "${tensor.name}" has an unsupported element type`);
  }
  const raw = tensor.rawData?.length ?? 0;
  const held = raw > 0 ? raw / width : listOf(tensor).length;
  if (held !== size) {
    throw new InputError(
      `the model's tensor "${tensor.name}" holds ${held} values; its shape [${dims.join(", ")}] needs ${size}`,
    );
  }
  return { dims, type, values: size <= MAX_VALUES ? valuesOf(tensor) : null };
}

/** Returns true for whole sizes of at most 64 dimensions. */
export function isShape(dims: readonly number[]): boolean {
  return dims.length <= MAX_RANK && dims.every((size) => Number.isInteger(size) && size >= 0);
}

/** Bytes of a value in `raw_data`. Strings, complex numbers and types of less than a byte are left out. */
const storedWidths: Record<number, number> = {
  [FLOAT]: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  [INT32]: 4,
  [INT64]: 8,
  [BOOL]: 1,
  [FLOAT16]: 2,
  [DOUBLE]: 8,
  12: 4,
  13: 8,
  [BFLOAT16]: 2,
  17: 1,
  18: 1,
  19: 1,
  20: 1,
};

/**
 * Returns the bytes of one element when it is computed; undefined for unsupported types. Without kernels
 * for half precision, onnxruntime keeps a float32 copy of such tensors.
 */
export function elementBytes(type: number): number | undefined {
  return type === FLOAT16 || type === BFLOAT16 ? 6 : storedWidths[type];
}

function listOf(tensor: onnx.ITensorProto): ArrayLike<unknown> {
  const { floatData, int32Data, int64Data, doubleData, uint64Data } = tensor;
  return (
    [floatData, int32Data, int64Data, doubleData, uint64Data].find((list) => list?.length) ?? []
  );
}

/** Only types whose arithmetic is followed: float32, int32, int64 and bool. */
function valuesOf(tensor: onnx.ITensorProto): number[] | null {
  const { dataType, rawData } = tensor;
  if (!rawData?.length) {
    return [FLOAT, INT32, INT64, BOOL].includes(dataType ?? 0)
      ? Array.from(listOf(tensor), Number)
      : null;
  }
  const { buffer } = Uint8Array.from(rawData);
  switch (dataType) {
    case FLOAT:
      return [...new Float32Array(buffer)];
    case INT32:
      return [...new Int32Array(buffer)];
    case INT64:
      return Array.from(new BigInt64Array(buffer), Number);
    case BOOL:
      return [...new Uint8Array(buffer)];
    default:
      return null;
  }
}
