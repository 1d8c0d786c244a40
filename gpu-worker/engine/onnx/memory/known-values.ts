import { sizeOf } from "../tensors.ts";
import {
  BOOL,
  FLOAT,
  INT32,
  INT64,
  MAX_VALUES,
  type Operation,
  type TensorFacts,
} from "./operation.ts";

/**
 * Computes a small tensor from known inputs, as exporters compute shapes from shapes.
 *
 * @param output its shape and type
 * @returns null if an input is unknown, or onnxruntime's result might differ: integer overflow,
 *   division by zero, functions that are not rounded exactly
 */
export function knownValues(op: Operation, output: TensorFacts): number[] | null {
  if (sizeOf(output.dims) > MAX_VALUES) return null;
  const inputs = op.inputs.filter((input) => input !== null);
  const known = inputs.map(({ values }) => values);
  if (inputs.length === 0 || known.some((values) => values === null)) return null;
  const results = compute(op, inputs, output);
  if (results === null || results.length !== sizeOf(output.dims)) return null;
  // Copies keep values that can't be computed with: the largest int64 stands for the end of an axis.
  if (COPIES.has(op.opType)) return results.some(Number.isNaN) ? null : results;
  const rounded = output.type === FLOAT ? results.map(Math.fround) : results;
  return rounded.every((value) => isExact(value, output.type)) ? rounded : null;
}

function isExact(value: number, type: number): boolean {
  if (type === INT64) return Number.isSafeInteger(value);
  if (type === INT32) return value === (value | 0);
  if (type === BOOL) return value === 0 || value === 1;
  return type === FLOAT && Number.isFinite(value);
}

const isInteger = (type: number) => type === INT32 || type === INT64;

type Arithmetic = (a: number, b: number, type: number) => number;

/** NaN stands for results that are not followed; `isExact` refuses it. */
const BINARY: Record<string, Arithmetic> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b, type) => (isInteger(type) ? (b === 0 ? Number.NaN : Math.trunc(a / b)) : a / b),
  Min: Math.min,
  Max: Math.max,
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => a & b,
  Or: (a, b) => a | b,
};

const UNARY: Record<string, (a: number) => number> = {
  Neg: (a) => 0 - a,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sqrt: Math.sqrt,
  Not: (a) => 1 - a,
};

const SAME_ORDER = ["Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"];
const COPIES = new Set([...SAME_ORDER, ..."Where Expand Concat Gather Slice Transpose".split(" ")]);

function compute(
  op: Operation,
  inputs: readonly TensorFacts[],
  output: TensorFacts,
): number[] | null {
  const { opType } = op;
  const first = inputs[0]!;
  const values = first.values!;
  if (Object.hasOwn(BINARY, opType)) return arithmetic(BINARY[opType]!, inputs, output);
  if (Object.hasOwn(UNARY, opType)) return values.map(UNARY[opType]!);
  if (SAME_ORDER.includes(opType)) return [...values];
  switch (opType) {
    case "Cast":
      if (isInteger(first.type) && !values.every(Number.isSafeInteger)) return null;
      return output.type === FLOAT ? [...values] : values.map((v) => castToInteger(v, output.type));
    case "Range": {
      const [start, , delta] = inputs.map((input) => input.values![0]!);
      return Array.from({ length: sizeOf(output.dims) }, (_, i) => start! + i * delta!);
    }
    case "Where": {
      const [condition, yes, no] = inputs.map((input) => broadcastTo(input, output.dims));
      return condition!.map((each, i) => (each ? yes![i]! : no![i]!));
    }
    case "Expand":
      return broadcastTo(first, output.dims);
    case "Concat":
      return concatenated(op, inputs, output);
    case "Gather":
      return gathered(op, first, inputs[1]!, output);
    case "Slice":
      return sliced(op, first, output);
    case "Transpose":
      return transposed(op, first, output);
    case "ReduceProd":
      return sizeOf(output.dims) === 1 ? [values.reduce((a, b) => a * b, 1)] : null;
    default:
      return null;
  }
}

function castToInteger(value: number, type: number): number {
  if (type === BOOL) return Number(value !== 0);
  return isInteger(type) ? Math.trunc(value) : Number.NaN;
}

function arithmetic(combine: Arithmetic, inputs: readonly TensorFacts[], { dims }: TensorFacts) {
  const [first, ...others] = inputs.map((input) => broadcastTo(input, dims));
  const { type } = inputs[0]!;
  // Sums and products beyond 2^53 are not exact in JavaScript, and wrap around in onnxruntime.
  const isSafe = (list: readonly number[]) => !isInteger(type) || list.every(Number.isSafeInteger);
  let result = first!;
  for (const other of others) {
    if (!isSafe(result) || !isSafe(other)) return null;
    result = result.map((value, i) => combine(value, other[i]!, type));
  }
  return result;
}

/** Calls `from` with the position of each element of a shape, in row-major order. */
function mapPositions(
  dims: readonly number[],
  from: (position: readonly number[]) => number,
): number[] {
  const position = dims.map(() => 0);
  return Array.from({ length: sizeOf(dims) }, () => {
    const value = from(position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++position[axis]! < dims[axis]!) break;
      position[axis] = 0;
    }
    return value;
  });
}

const flatIndex = (dims: readonly number[], position: readonly number[]) =>
  dims.reduce((flat, size, axis) => flat * size + position[axis]!, 0);

function broadcastTo({ dims, values }: TensorFacts, target: readonly number[]): number[] {
  const skipped = target.length - dims.length;
  return mapPositions(target, (position) => {
    const own = dims.map((size, axis) => (size === 1 ? 0 : position[skipped + axis]!));
    return values![flatIndex(dims, own)] ?? Number.NaN;
  });
}

const axisOf = (op: Operation, rank: number, fallback: number) => {
  const axis = op.attributes.int("axis", fallback);
  return axis < 0 ? axis + rank : axis;
};

function concatenated(op: Operation, inputs: readonly TensorFacts[], { dims }: TensorFacts) {
  const axis = axisOf(op, dims.length, 0);
  return mapPositions(dims, (position) => {
    let along = position[axis]!;
    for (const { dims: own, values } of inputs) {
      if (along < own[axis]!) return values![flatIndex(own, position.with(axis, along))]!;
      along -= own[axis]!;
    }
    return Number.NaN;
  });
}

function gathered(op: Operation, data: TensorFacts, indices: TensorFacts, { dims }: TensorFacts) {
  const axis = axisOf(op, data.dims.length, 0);
  const rank = indices.dims.length;
  return mapPositions(dims, (position) => {
    const chosen = indices.values![flatIndex(indices.dims, position.slice(axis, axis + rank))]!;
    const index = chosen < 0 ? chosen + data.dims[axis]! : chosen;
    const source = [...position.slice(0, axis), index, ...position.slice(axis + rank)];
    return data.values![flatIndex(data.dims, source)] ?? Number.NaN;
  });
}

function sliced(op: Operation, data: TensorFacts, { dims }: TensorFacts) {
  const ranges = new Map(sliceRanges(op, data.dims).map((range) => [range.axis, range]));
  return mapPositions(dims, (position) => {
    const source = position.map((index, axis) => {
      const range = ranges.get(axis);
      return range ? range.start + index * range.step : index;
    });
    return data.values![flatIndex(data.dims, source)] ?? Number.NaN;
  });
}

function transposed(op: Operation, { dims: own, values }: TensorFacts, { dims }: TensorFacts) {
  const given = op.attributes.ints("perm");
  const order = given.length > 0 ? given : own.map((_, axis) => own.length - 1 - axis);
  return mapPositions(dims, (position) => {
    const source = own.map((_, axis) => position[order.indexOf(axis)]!);
    return values![flatIndex(own, source)] ?? Number.NaN;
  });
}

/** The part of an axis that a Slice keeps. */
export interface SliceRange {
  axis: number;
  start: number;
  step: number;
  count: number;
}

/** Resolves negative and overlong positions of a Slice, as ONNX defines them. */
export function sliceRanges(op: Operation, dims: readonly number[]): SliceRange[] {
  const starts = op.values(1);
  const ends = op.values(2);
  const axes = op.inputs[3] ? op.values(3) : starts.map((_, i) => i);
  const steps = op.inputs[4] ? op.values(4) : starts.map(() => 1);
  return axes.map((given, i) => {
    const axis = given < 0 ? given + dims.length : given;
    const size = dims[axis];
    const step = steps[i]!;
    if (size === undefined || step === 0)
      throw op.fault("has an axis or a step that doesn't exist");
    const clamp = (position: number, low: number, high: number) =>
      Math.min(high, Math.max(low, position < 0 ? position + size : position));
    const start = step > 0 ? clamp(starts[i]!, 0, size) : clamp(starts[i]!, 0, size - 1);
    const end = step > 0 ? clamp(ends[i]!, 0, size) : clamp(ends[i]!, -1, size - 1);
    return { axis, start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}
