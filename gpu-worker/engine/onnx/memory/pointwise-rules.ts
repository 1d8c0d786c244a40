import { sizeOf } from "../tensors.ts";
import {
  BOOL,
  FLOAT,
  INT64,
  type Operation,
  type ShapeRule,
  type TensorFacts,
} from "./operation.ts";

/** An output of unknown values. */
export const tensor = (dims: readonly number[], type: number): TensorFacts => ({
  dims,
  type,
  values: null,
});

const sameAsFirst: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  return { outputs: [tensor(dims, type)] };
};

/** @throws InputError if the shapes can't be broadcast to one */
export function broadcastDims(op: Operation, shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((dims) => dims[axis - rank + dims.length] ?? 1);
    const size = sizes.find((each) => each !== 1) ?? 1;
    if (sizes.every((each) => each === 1 || each === size)) return size;
    throw op.fault(
      `has inputs of incompatible shapes: ${shapes.map((dims) => `[${dims.join(", ")}]`).join(" and ")}`,
    );
  });
}

/** @param type of the output; by default that of the first input */
const broadcast =
  (type?: number): ShapeRule =>
  (op) => {
    const shapes = op.inputs.filter((each) => each !== null).map(({ dims }) => dims);
    return { outputs: [tensor(broadcastDims(op, shapes), type ?? op.input(0).type)] };
  };

const where: ShapeRule = (op) => {
  const shapes = [0, 1, 2].map((index) => op.input(index).dims);
  return { outputs: [tensor(broadcastDims(op, shapes), op.input(1).type)] };
};

const cast: ShapeRule = (op) => ({
  outputs: [
    tensor(op.input(0).dims, op.opType === "Cast" ? op.attributes.int("to", 0) : op.input(1).type),
  ],
});

/** Sum, mean or extremum over axes. */
const reduced: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const given = op.inputs[1] ? op.values(1) : op.attributes.ints("axes");
  if (given.length === 0 && op.attributes.int("noop_with_empty_axes", 0) !== 0) {
    return { outputs: [tensor(dims, type)] };
  }
  const axes =
    given.length > 0 ? given.map((axis) => (axis < 0 ? axis + dims.length : axis)) : null;
  return { outputs: [tensor(withoutAxes(op, dims, axes), type)], workspace: workspaceOf(op) };
};

/** A reduction may copy its input to bring the axes together. */
const workspaceOf = (op: Operation) => 8 * sizeOf(op.input(0).dims);

function withoutAxes(op: Operation, dims: readonly number[], axes: readonly number[] | null) {
  const keeps = op.attributes.int("keepdims", 1) !== 0;
  return dims.flatMap((size, axis) => {
    if (axes !== null && !axes.includes(axis)) return [size];
    return keeps ? [1] : [];
  });
}

const positionOfExtremum: ShapeRule = (op) => {
  const { dims } = op.input(0);
  const given = op.attributes.int("axis", 0);
  const axis = given < 0 ? given + dims.length : given;
  return { outputs: [tensor(withoutAxes(op, dims, [axis]), INT64)], workspace: workspaceOf(op) };
};

/** The other outputs are statistics with one number for each normalised part. */
const normalised: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  return {
    outputs: Array.from({ length: op.outputs }, () => tensor(dims, type)),
    // onnxruntime computes some normalisations as a chain of primitive operators.
    workspace: 4 * 8 * sizeOf(dims),
  };
};

const dropout: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  return { outputs: [tensor(dims, type), tensor(dims, BOOL)] };
};

const quantised: ShapeRule = (op) => {
  const zeroPoint = op.inputs[2];
  return { outputs: [tensor(op.input(0).dims, zeroPoint?.type ?? 2)] };
};

const dequantised: ShapeRule = (op) => ({ outputs: [tensor(op.input(0).dims, FLOAT)] });

const each = (names: string, rule: ShapeRule): Record<string, ShapeRule> =>
  Object.fromEntries(names.split(" ").map((name) => [name, rule]));

/** Operators whose output has the shape of their inputs, broadcast or reduced. */
export const POINTWISE_RULES: Record<string, ShapeRule> = {
  ...each(
    "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Clip Cos Cosh Elu Erf Exp Floor HardSigmoid " +
      "HardSwish Identity LeakyRelu Log Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh " +
      "Softplus Softsign Sqrt Tan Tanh ThresholdedRelu CumSum Trilu ReverseSequence Hardmax",
    sameAsFirst,
  ),
  ...each(
    "Celu Gelu Mish Softmax LogSoftmax LpNormalization LRN MeanVarianceNormalization " +
      "InstanceNormalization LayerNormalization GroupNormalization RMSNormalization",
    normalised,
  ),
  BatchNormalization: (op) => {
    const { dims, type } = op.input(0);
    const channels = tensor([dims[1] ?? 1], type);
    return { outputs: [tensor(dims, type), channels, channels, channels, channels] };
  },
  ...each("IsInf IsNaN", (op) => ({ outputs: [tensor(op.input(0).dims, BOOL)] })),
  ...each(
    "Add Sub Mul Div Pow Mod Min Max Sum Mean PRelu BitShift BitwiseAnd BitwiseOr BitwiseXor",
    broadcast(),
  ),
  ...each("And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual", broadcast(BOOL)),
  Where: where,
  ...each("Cast CastLike", cast),
  ...each(
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare",
    reduced,
  ),
  ...each("ArgMax ArgMin", positionOfExtremum),
  Dropout: dropout,
  QuantizeLinear: quantised,
  DequantizeLinear: dequantised,
};
