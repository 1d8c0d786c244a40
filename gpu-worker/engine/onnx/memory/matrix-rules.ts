import { sizeOf } from "../tensors.ts";
import type { ShapeRule } from "./operation.ts";
import { broadcastDims, tensor } from "./pointwise-rules.ts";

const matMul: ShapeRule = (op) => {
  const { dims: a, type } = op.input(0);
  const { dims: b } = op.input(1);
  const outer = broadcastDims(op, [a.slice(0, -2), b.slice(0, -2)]);
  const rows = a.length > 1 ? [a.at(-2)!] : [];
  const columns = b.length > 1 ? [b.at(-1)!] : [];
  return { outputs: [tensor([...outer, ...rows, ...columns], type)] };
};

const gemm: ShapeRule = (op) => {
  const { dims: a, type } = op.input(0);
  const { dims: b } = op.input(1);
  const rows = a[op.attributes.int("transA", 0) === 0 ? 0 : 1] ?? 0;
  const columns = b[op.attributes.int("transB", 0) === 0 ? 1 : 0] ?? 0;
  return { outputs: [tensor([rows, columns], type)] };
};

/** Sums of products over named axes, such as "bij,bjk->bik". */
const einsum: ShapeRule = (op) => {
  const equation = op.attributes.text("equation", "").replaceAll(" ", "");
  const [terms = "", result] = equation.split("->");
  const labels = terms.split(",");
  const inputs = labels.map((_, i) => op.input(i));
  if (!/^[A-Za-z,]*(->[A-Za-z]*)?$/.test(equation)) {
    throw op.fault(`has the equation "${equation}"; use letters only, without an ellipsis`);
  }
  const sizes = new Map<string, number>();
  labels.forEach((term, i) => {
    [...term].forEach((label, axis) => {
      sizes.set(label, Math.max(sizes.get(label) ?? 1, inputs[i]!.dims[axis] ?? 1));
    });
  });
  const all = labels.join("");
  const once = [...sizes.keys()].sort().filter((label) => all.split(label).length === 2);
  const kept = result === undefined ? once : [...result];
  const dims = kept.map((label) => sizes.get(label) ?? 1);
  // Two operands are transposed and multiplied; more are joined pair by pair.
  const copies = 4 * inputs.reduce((sum, each) => sum + 2 * sizeOf(each.dims), 2 * sizeOf(dims));
  const workspace = labels.length > 2 ? 4 * sizeOf([...sizes.values()]) : copies;
  return { outputs: [tensor(dims, op.input(0).type)], workspace };
};

/** Y [time, directions, batch, hidden] and the last state of each direction. */
const recurrent: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const batchFirst = op.attributes.int("layout", 0) !== 0;
  const [time = 0, batch = 0] = batchFirst ? [dims[1], dims[0]] : dims;
  const weights = op.input(1).dims;
  const directions = weights[0] ?? 1;
  const gates = GATES[op.opType]!;
  const hidden = op.attributes.int("hidden_size", (weights[1] ?? 0) / gates);
  const all = batchFirst ? [batch, time, directions, hidden] : [time, directions, batch, hidden];
  const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return {
    outputs: [tensor(all, type), tensor(last, type), tensor(last, type)],
    workspace: 4 * 2 * (gates + 1) * time * batch * directions * hidden,
  };
};

const GATES: Record<string, number> = { LSTM: 4, GRU: 3, RNN: 1 };

/** Matrix products and recurrent layers. */
export const MATRIX_RULES: Record<string, ShapeRule> = {
  MatMul: matMul,
  Gemm: gemm,
  Einsum: einsum,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
};
