import { sizeOf } from "../tensors.ts";
import { INT64, type Operation, type ShapeRule } from "./operation.ts";
import { tensor } from "./pointwise-rules.ts";

/** Returns the sizes after a convolution or pooling. */
function windowed(op: Operation, sizes: readonly number[], kernel: readonly number[]): number[] {
  const { attributes } = op;
  const strides = attributes.ints("strides");
  const dilations = attributes.ints("dilations");
  const pads = attributes.ints("pads");
  const padding = attributes.text("auto_pad", "NOTSET");
  const round = attributes.int("ceil_mode", 0) === 0 ? Math.floor : Math.ceil;
  return sizes.map((size, axis) => {
    const stride = strides[axis] ?? 1;
    if (padding.startsWith("SAME")) return Math.ceil(size / stride);
    const explicit = padding === "NOTSET";
    const padded = explicit ? (pads[axis] ?? 0) + (pads[axis + sizes.length] ?? 0) : 0;
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    return round((size + padded - reach) / stride) + 1;
  });
}

/** Size of the matrix that a convolution unfolds its input to, in bytes. */
function unfoldedBytes(op: Operation, columns: number): number {
  const [, ...kernel] = op.input(1).dims;
  return 4 * sizeOf(kernel) * columns;
}

const convolution: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const [outputs = 0, , ...kernel] = op.input(1).dims;
  const sizes = windowed(op, dims.slice(2), kernel);
  // onnxruntime unfolds the input in strips for float32, and whole for more than three axes.
  const workspace = sizes.length > 3 ? unfoldedBytes(op, sizeOf(sizes)) : 0;
  return { outputs: [tensor([dims[0] ?? 0, outputs, ...sizes], type)], workspace };
};

const transposedConvolution: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const { attributes } = op;
  const [, perGroup = 0, ...kernel] = op.input(1).dims;
  const inner = dims.slice(2);
  const given = attributes.ints("output_shape");
  const strides = attributes.ints("strides");
  const dilations = attributes.ints("dilations");
  const extra = attributes.ints("output_padding");
  const pads = attributes.ints("pads");
  const padding = attributes.text("auto_pad", "NOTSET");
  const sizes = inner.map((size, axis) => {
    const stride = strides[axis] ?? 1;
    if (given.length > 0) return given[axis - inner.length + given.length] ?? 0;
    if (padding.startsWith("SAME")) return size * stride;
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const cut = padding === "NOTSET" ? (pads[axis] ?? 0) + (pads[axis + inner.length] ?? 0) : 0;
    return stride * (size - 1) + (extra[axis] ?? 0) + reach - cut;
  });
  const channels = perGroup * attributes.int("group", 1);
  return {
    outputs: [tensor([dims[0] ?? 0, channels, ...sizes], type)],
    workspace: unfoldedBytes(op, sizeOf(inner)),
  };
};

const pooling: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const sizes = windowed(op, dims.slice(2), op.attributes.ints("kernel_shape"));
  const result = [...dims.slice(0, 2), ...sizes];
  return { outputs: [tensor(result, type), tensor(result, INT64)] };
};

const globalPooling: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  return { outputs: [tensor([...dims.slice(0, 2), ...dims.slice(2).map(() => 1)], type)] };
};

const resize: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const given = op.attributes.ints("axes");
  const axes = (given.length > 0 ? given : [...dims.keys()]).map((axis) =>
    axis < 0 ? axis + dims.length : axis,
  );
  const result = [...dims];
  // An exporter may leave `scales` empty instead of omitting it.
  const bySizes = op.inputs[3] !== undefined && op.inputs[3] !== null;
  const factors = op.values(bySizes ? 3 : 2);
  const policy = op.attributes.text("keep_aspect_ratio_policy", "stretch");
  const ratios = axes.map((axis, i) => (bySizes ? factors[i]! / dims[axis]! : factors[i]!));
  const common = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  axes.forEach((axis, i) => {
    if (!bySizes) result[axis] = Math.floor(dims[axis]! * ratios[i]!);
    else result[axis] = policy === "stretch" ? factors[i]! : Math.round(dims[axis]! * common);
  });
  // Antialiased resizing keeps a float32 copy of one axis at a time.
  const workspace = 8 * (sizeOf(result) + sizeOf(dims));
  return { outputs: [tensor(result, type)], workspace };
};

const gridSample: ShapeRule = (op) => {
  const { dims, type } = op.input(0);
  const grid = op.input(1).dims;
  return { outputs: [tensor([...dims.slice(0, 2), ...grid.slice(1, -1)], type)] };
};

/** Operators that slide over positions, or sample between them. */
export const WINDOW_RULES: Record<string, ShapeRule> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pooling,
  AveragePool: pooling,
  LpPool: pooling,
  GlobalAveragePool: globalPooling,
  GlobalMaxPool: globalPooling,
  GlobalLpPool: globalPooling,
  Resize: resize,
  GridSample: gridSample,
};
