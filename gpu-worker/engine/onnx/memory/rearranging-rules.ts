import { sizeOf } from "../tensors.ts";
import { sliceRanges } from "./known-values.ts";
import {
  FLOAT,
  factsOfTensor,
  INT64,
  isShape,
  MAX_VALUES,
  type Operation,
  type ShapeRule,
  type TensorFacts,
} from "./operation.ts";
import { broadcastDims, tensor } from "./pointwise-rules.ts";

/** Resolves an axis that counts from the end. */
function axisIn(op: Operation, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (resolved >= 0 && resolved < rank) return resolved;
  throw op.fault(`has no axis ${axis}`);
}

const one = (dims: readonly number[], type: number) => ({ outputs: [tensor(dims, type)] });

/** One-dimensional or scalar integers, as a node's attributes or the file hold them. */
const constant: ShapeRule = (op) => {
  const { attributes, node } = op;
  const held = node.attribute?.find(({ name }) => name === "value")?.t;
  if (held) return { outputs: [factsOfTensor(held)] };
  if (op.has("value_int")) return { outputs: [scalar(attributes.int("value_int", 0), INT64)] };
  if (op.has("value_float"))
    return { outputs: [scalar(attributes.float("value_float", 0), FLOAT)] };
  const floats = node.attribute?.find(({ name }) => name === "value_floats")?.floats;
  const values = floats?.map(Number) ?? attributes.ints("value_ints");
  if (!op.has("value_ints") && !floats) throw op.fault("has an unsupported value");
  return { outputs: [{ dims: [values.length], type: floats ? FLOAT : INT64, values }] };
};

const scalar = (value: number, type: number): TensorFacts => ({ dims: [], type, values: [value] });

const constantOfShape: ShapeRule = (op) => {
  const dims = op.values(0);
  const held = op.node.attribute?.find(({ name }) => name === "value")?.t;
  const fill = held ? factsOfTensor(held) : scalar(0, FLOAT);
  const size = sizeOf(dims);
  const value = fill.values?.[0];
  const isTracked = value !== undefined && isShape(dims) && size <= MAX_VALUES;
  const values = isTracked ? Array<number>(size).fill(value) : null;
  return { outputs: [{ dims, type: fill.type, values }] };
};

const shape: ShapeRule = (op) => {
  const { dims } = op.input(0);
  const start = op.attributes.int("start", 0);
  const values = dims.slice(start, op.has("end") ? op.attributes.int("end", 0) : dims.length);
  return { outputs: [{ dims: [values.length], type: INT64, values }] };
};

const range: ShapeRule = (op) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => op.values(index)[0] ?? 0);
  return one([Math.max(0, Math.ceil((limit! - start!) / delta!))], op.input(0).type);
};

const reshape: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const keepsZero = op.attributes.int("allowzero", 0) === 0;
  const wanted = op.values(1).map((size, i) => (size === 0 && keepsZero ? (dims[i] ?? 0) : size));
  const rest = sizeOf(wanted.filter((size) => size !== -1));
  return one(
    wanted.map((size) => (size === -1 ? (rest === 0 ? 0 : sizeOf(dims) / rest) : size)),
    type,
  );
};

const flatten: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const given = op.attributes.int("axis", 1);
  const axis = given < 0 ? given + dims.length : given;
  return one([sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))], type);
};

const axesOf = (op: Operation): readonly number[] | null =>
  op.inputs[1] ? op.values(1) : op.has("axes") ? op.attributes.ints("axes") : null;

const squeeze: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const axes = axesOf(op)?.map((axis) => axisIn(op, axis, dims.length));
  return one(
    dims.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
    type,
  );
};

const unsqueeze: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const given = axesOf(op) ?? [];
  const rank = dims.length + given.length;
  const axes = given.map((axis) => axisIn(op, axis, rank));
  const rest = [...dims];
  return one(
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))),
    type,
  );
};

const concat: ShapeRule = (op) => {
  const inputs = op.inputs.filter((each) => each !== null);
  const { dims, type } = op.input(0);
  const axis = axisIn(op, op.attributes.int("axis", 0), dims.length);
  return one(
    dims.with(
      axis,
      inputs.reduce((sum, each) => sum + (each.dims[axis] ?? 0), 0),
    ),
    type,
  );
};

const split: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const axis = axisIn(op, op.attributes.int("axis", 0), dims.length);
  const size = dims[axis]!;
  const count = op.attributes.int("num_outputs", op.outputs);
  const part = Math.ceil(size / count);
  const sizes = op.inputs[1]
    ? op.values(1)
    : Array.from({ length: op.outputs }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
  return { outputs: sizes.map((each) => tensor(dims.with(axis, each), type)) };
};

const slice: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const result = [...dims];
  for (const { axis, count } of sliceRanges(op, dims)) result[axis] = count;
  return one(result, type);
};

const transpose: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const given = op.attributes.ints("perm");
  return one(given.length > 0 ? given.map((axis) => dims[axis] ?? 0) : dims.toReversed(), type);
};

const gather: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const axis = axisIn(op, op.attributes.int("axis", 0), dims.length);
  return one([...dims.slice(0, axis), ...op.input(1).dims, ...dims.slice(axis + 1)], type);
};

const gatherNd: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const indices = op.input(1).dims;
  const batch = op.attributes.int("batch_dims", 0);
  return {
    outputs: [
      tensor([...indices.slice(0, -1), ...dims.slice(batch + (indices.at(-1) ?? 0))], type),
    ],
    workspace: 8 * sizeOf(indices),
  };
};

const expand: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  return one(broadcastDims(op, [dims, op.values(1)]), type);
};

const tile: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const repeats = op.values(1);
  return one(
    dims.map((size, axis) => size * (repeats[axis] ?? 1)),
    type,
  );
};

const pad: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const pads = op.values(1);
  const axes = op.inputs[3] ? op.values(3) : dims.map((_, axis) => axis);
  const result = [...dims];
  axes.forEach((given, i) => {
    const axis = axisIn(op, given, dims.length);
    result[axis] = dims[axis]! + pads[i]! + pads[i + axes.length]!;
  });
  return one(result, type);
};

const oneHot: ShapeRule = (op) => {
  const { dims } = op.input(0);
  const depth = op.values(1)[0] ?? 0;
  const given = op.attributes.int("axis", -1);
  const axis = given < 0 ? given + dims.length + 1 : given;
  return one(dims.toSpliced(axis, 0, depth), op.input(2).type);
};

const topK: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const axis = axisIn(op, op.attributes.int("axis", -1), dims.length);
  const result = dims.with(axis, op.values(1)[0] ?? 0);
  return { outputs: [tensor(result, type), tensor(result, INT64)], workspace: 16 * sizeOf(dims) };
};

/** DepthToSpace and SpaceToDepth, which move channels to a block of positions and back. */
const blocks: ShapeRule = (op) => {
  const [batch = 0, channels = 0, height = 0, width = 0] = op.input(0).dims;
  const size = op.attributes.int("blocksize", 1);
  const factor = op.opType === "DepthToSpace" ? size : 1 / size;
  return {
    outputs: [
      tensor([batch, channels / factor ** 2, height * factor, width * factor], op.input(0).type),
    ],
    workspace: 4 * sizeOf(op.input(0).dims),
  };
};

const sameAsFirst: ShapeRule = (op) => one(op.input(0).dims, op.input(0).type);

/** Operators that make, select or move values without computing with them. */
export const REARRANGING_RULES: Record<string, ShapeRule> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shape,
  Size: (op) => ({ outputs: [scalar(sizeOf(op.input(0).dims), INT64)] }),
  Range: range,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Slice: slice,
  Transpose: transpose,
  Gather: gather,
  GatherElements: (op) => one(op.input(1).dims, op.input(0).type),
  GatherND: gatherNd,
  ScatterElements: sameAsFirst,
  ScatterND: sameAsFirst,
  EyeLike: (op) => one(op.input(0).dims, op.attributes.int("dtype", op.input(0).type)),
  Expand: expand,
  Tile: tile,
  Pad: pad,
  OneHot: oneHot,
  TopK: topK,
  DepthToSpace: blocks,
  SpaceToDepth: blocks,
};
