import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../input-error.ts";

const { FLOAT, INT32, INT64, DOUBLE } = onnxProto.onnx.TensorProto.DataType;

/** Float32 values in row-major order; `dims` is [] for a scalar. */
export interface FloatTensor {
  dims: readonly number[];
  data: Float32Array<ArrayBuffer>;
}

/** Returns the number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Returns the sizes of an ONNX tensor's dimensions; [] for a scalar. */
export function dimsOf(tensor: onnx.ITensorProto): number[] {
  return (tensor.dims ?? []).map(Number);
}

/**
 * Rewrites a tensor in the form that every exporter's output can be brought to: no name, no comment,
 * values as little-endian raw bytes. Strings and rarer types keep their fields.
 */
export function canonicalTensor(tensor: onnx.ITensorProto): onnx.ITensorProto {
  const { dataType, dims } = tensor;
  const { name: _name, docString: _comment, ...rest } = tensor;
  if (tensor.rawData?.length) return { dataType, dims, rawData: tensor.rawData } as typeof tensor;
  if (dataType === FLOAT) return raw(tensor, Float32Array.from(tensor.floatData ?? []));
  if (dataType === DOUBLE) return raw(tensor, Float64Array.from(tensor.doubleData ?? []));
  if (dataType === INT32) return raw(tensor, Int32Array.from(tensor.int32Data ?? []));
  if (dataType === INT64) {
    const values = (tensor.int64Data ?? []).map((value) => BigInt(value.toString()));
    return raw(tensor, BigInt64Array.from(values));
  }
  return rest;
}

function raw(
  { dataType, dims }: onnx.ITensorProto,
  values: { buffer: ArrayBufferLike },
): onnx.ITensorProto {
  return { dataType: dataType!, dims: dims ?? [], rawData: new Uint8Array(values.buffer) };
}

/**
 * Reads the values of a float32 tensor.
 *
 * @returns null for any other element type
 * @throws InputError if the number of values doesn't match the shape
 */
export function floatsOf(tensor: onnx.ITensorProto): Float32Array | null {
  if (tensor.dataType !== FLOAT) return null;
  const { rawData } = canonicalTensor(tensor);
  const bytes = Uint8Array.from(rawData ?? []);
  const count = sizeOf(dimsOf(tensor));
  if (bytes.length !== 4 * count) {
    throw new InputError(
      `the model's weights "${tensor.name}" have ${bytes.length} bytes; their shape needs ${4 * count}`,
    );
  }
  return new Float32Array(bytes.buffer);
}

/** Reads the values of an int64 tensor. */
export function int64Of(tensor: onnx.ITensorProto): number[] {
  if (tensor.int64Data?.length) return tensor.int64Data.map(Number);
  const bytes = Uint8Array.from(tensor.rawData ?? []);
  return Array.from(new BigInt64Array(bytes.buffer, 0, Math.floor(bytes.length / 8)), Number);
}
