import onnxProto, { type onnx } from "onnx-proto";
import { InputError } from "../input-error.ts";

const { FLOAT, INT32, INT64, DOUBLE } = onnxProto.onnx.TensorProto.DataType;

/** Sizes of the dimensions; [] is a scalar. */
export function dimsOf(tensor: onnx.ITensorProto): number[] {
  return (tensor.dims ?? []).map(Number);
}

/**
 * The same tensor written in the one way that all exporters can be brought to: no name, no comment,
 * values as little-endian raw bytes (strings and rarer types stay as they are).
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
 * Values of a float32 tensor.
 *
 * @returns null for any other type
 * @throws InputError where there are not as many values as the shape says
 */
export function floatsOf(tensor: onnx.ITensorProto): Float32Array | null {
  if (tensor.dataType !== FLOAT) return null;
  const { rawData } = canonicalTensor(tensor);
  const bytes = Uint8Array.from(rawData ?? []);
  const count = dimsOf(tensor).reduce((product, size) => product * size, 1);
  if (bytes.length !== 4 * count) {
    throw new InputError(
      `the model's weights "${tensor.name}" have ${bytes.length} bytes where their shape needs ${4 * count}`,
    );
  }
  return new Float32Array(bytes.buffer);
}
