import type { onnx } from "onnx-proto";
import { attributesOf } from "../../onnx/node-attributes.ts";
import { dimsOf, floatsOf, int64Of } from "../../onnx/tensors.ts";
import { NotSeparable } from "./not-separable.ts";

/** The linear form shift + sum of weight x pooled channel. */
export interface LinearForm {
  shift: number;
  terms: readonly (readonly [channel: number, weight: number])[];
}

/** A tensor [batch, ...dims] whose every number is a linear form of the pooled channels. */
export interface PooledValue {
  dims: number[];
  /** In row-major order. */
  forms: LinearForm[];
}

/** An input of a node after the pooling: pooled values, a constant, or null if omitted. */
export type PooledInput = PooledValue | onnx.ITensorProto | null;

const RESHAPING = new Set("Flatten Reshape Squeeze Unsqueeze".split(" "));
const ARITHMETIC = new Set("Add Sub Mul Div".split(" "));

/** Limit of terms in one form, because sums of sums double them with each node. */
const MAX_TERMS = 4096;

/**
 * Applies an operator after the pooling to linear forms.
 *
 * @throws NotSeparable if its output is not linear in the pooled channels
 */
export function followPooled(node: onnx.INodeProto, inputs: readonly PooledInput[]): PooledValue {
  const opType = node.opType ?? "";
  const [first, second] = inputs;
  if (opType === "Concat") return concatenate(node, inputs);
  if (ARITHMETIC.has(opType)) return arithmetic(opType, first, second);
  if (isPooled(first)) {
    if (opType === "Identity" || opType === "Dropout") return first;
    if (RESHAPING.has(opType)) return reshaped(node, first, second);
    if (opType === "BatchNormalization") return normalised(node, first, inputs.slice(1));
  }
  throw notLinear(opType);
}

export function isPooled(input: PooledInput | undefined): input is PooledValue {
  return input !== null && input !== undefined && "forms" in input;
}

function notLinear(opType: string): NotSeparable {
  return new NotSeparable(
    "head-not-linear",
    `${opType} between the pooling and the last layer is not linear, so the logit is not a sum over pooled channels`,
  );
}

function reshaped(node: onnx.INodeProto, value: PooledValue, shape: PooledInput | undefined) {
  const { forms, dims } = value;
  const opType = node.opType ?? "";
  if (opType === "Flatten") {
    const axis = attributesOf(node).int("axis", 1);
    if (axis !== 1) throw notLinear("Flatten across the batch");
    return { dims: [forms.length], forms };
  }
  const requested = shape && !isPooled(shape) ? int64Of(shape) : null;
  if (opType === "Reshape") {
    if (!requested || requested.length < 2) throw notLinear("Reshape to a computed shape");
    const rest = requested.slice(1).map((size, i) => (size === 0 ? (dims[i] ?? 0) : size));
    const product = rest.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
    const sizes = rest.map((size) => (size === -1 ? forms.length / product : size));
    const keepsBatch = requested[0] === 0 || requested[0] === -1;
    if (!keepsBatch || sizes.reduce((a, b) => a * b, 1) !== forms.length) {
      throw notLinear("Reshape across the batch");
    }
    return { dims: sizes, forms };
  }
  const rank = dims.length + 1 + (opType === "Unsqueeze" ? (requested?.length ?? 0) : 0);
  const axes = requested?.map((axis) => (axis < 0 ? axis + rank : axis));
  if (axes?.includes(0)) throw notLinear(`${opType} of the batch`);
  if (opType === "Squeeze") {
    const kept = dims.filter((size, i) => (axes ? !axes.includes(i + 1) : size !== 1));
    if (kept.reduce((a, b) => a * b, 1) !== forms.length) throw notLinear("Squeeze of many");
    return { dims: kept, forms };
  }
  const spread = [...dims];
  for (const axis of [...(axes ?? [])].sort((a, b) => a - b)) spread.splice(axis - 1, 0, 1);
  return { dims: spread, forms };
}

function concatenate(node: onnx.INodeProto, inputs: readonly PooledInput[]): PooledValue {
  if (!inputs.every(isPooled)) throw notLinear("Concat with constants");
  const { dims } = inputs[0]!;
  const given = attributesOf(node).int("axis", 1);
  const axis = (given < 0 ? given + dims.length + 1 : given) - 1;
  if (axis < 0) throw notLinear("Concat across the batch");
  const outer = dims.slice(0, axis).reduce((a, b) => a * b, 1);
  const forms: LinearForm[] = [];
  for (let i = 0; i < outer; i++) {
    for (const { forms: each } of inputs) {
      const length = each.length / outer;
      forms.push(...each.slice(i * length, (i + 1) * length));
    }
  }
  const total = inputs.reduce((sum, each) => sum + each.dims[axis]!, 0);
  return { dims: dims.map((size, i) => (i === axis ? total : size)), forms };
}

function arithmetic(
  opType: string,
  a: PooledInput | undefined,
  b: PooledInput | undefined,
): PooledValue {
  if (isPooled(a) && isPooled(b)) {
    if ((opType !== "Add" && opType !== "Sub") || a.dims.join() !== b.dims.join()) {
      throw notLinear(`${opType} of pooled values`);
    }
    const sign = opType === "Add" ? 1 : -1;
    return { dims: a.dims, forms: a.forms.map((form, i) => sum(form, b.forms[i]!, sign)) };
  }
  const pooled = isPooled(a) ? a : isPooled(b) ? b : null;
  const tensor = isPooled(a) ? b : a;
  if (!pooled || !tensor || isPooled(tensor) || (opType === "Div" && !isPooled(a))) {
    throw notLinear(opType);
  }
  const values = spreadConstant(opType, tensor, pooled);
  const isFirst = isPooled(a);
  return {
    dims: pooled.dims,
    forms: pooled.forms.map((form, i) => {
      const value = values(i);
      if (opType === "Mul") return affine(form, value, 0);
      if (opType === "Div") return affine(form, 1 / value, 0);
      if (opType === "Add") return affine(form, 1, value);
      return isFirst ? affine(form, 1, -value) : affine(form, -1, value);
    }),
  };
}

/** Broadcasts a constant of one number, or of one number a channel, over [batch, channels, 1...]. */
function spreadConstant(opType: string, tensor: onnx.ITensorProto, { dims, forms }: PooledValue) {
  const values = floatsOf(tensor);
  if (!values) throw notLinear(`${opType} with a constant that is not float32`);
  if (values.length === 1) return () => values[0]!;
  const own = dimsOf(tensor);
  const fits = own.length <= dims.length + 1 && values.length === forms.length;
  const aligned = [...own].reverse().every((size, i) => size === (dims.at(-1 - i) ?? 1));
  if (!fits || !aligned) throw notLinear(`${opType} with a constant of another shape`);
  return (i: number) => values[i]!;
}

/** Applies y = scale (x - mean) / sqrt(variance + epsilon) + bias to each channel. */
function normalised(node: onnx.INodeProto, value: PooledValue, inputs: readonly PooledInput[]) {
  const [scale, bias, mean, variance] = inputs.map((each) =>
    each && !isPooled(each) ? floatsOf(each) : null,
  );
  if (!scale || !bias || !mean || !variance) throw notLinear("BatchNormalization");
  if (attributesOf(node).int("training_mode", 0) !== 0) throw notLinear("BatchNormalization");
  const epsilon = attributesOf(node).float("epsilon", 1e-5);
  const inner = value.forms.length / value.dims[0]!;
  const forms = value.forms.map((form, i) => {
    const channel = Math.floor(i / inner);
    const factor = scale[channel]! / Math.sqrt(variance[channel]! + epsilon);
    return affine(form, factor, bias[channel]! - factor * mean[channel]!);
  });
  return { dims: value.dims, forms };
}

function affine({ shift, terms }: LinearForm, factor: number, addend: number): LinearForm {
  return {
    shift: factor * shift + addend,
    terms: terms.map(([channel, weight]) => [channel, factor * weight] as const),
  };
}

function sum(a: LinearForm, b: LinearForm, sign: number): LinearForm {
  const terms = [...a.terms, ...affine(b, sign, 0).terms];
  if (terms.length > MAX_TERMS) throw notLinear("a sum of too many terms");
  return { shift: a.shift + sign * b.shift, terms };
}
