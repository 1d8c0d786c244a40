import { reshaped, sliced, summed, type Tape, type Variable } from "./tape.ts";

const KERNEL = 3;
const TAPS = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => ({ row, column })));
const WINDOW = { kernel_shape: [KERNEL, KERNEL], pads: [1, 1, 1, 1] };

/**
 * Convolves with 3 x 3 kernels and zero padding of 1, which keeps height and width.
 *
 * @param x [batch, inputs, height, width]
 * @param weight [outputs, inputs, 3, 3]
 * @returns [batch, outputs, height, width]
 */
export function convolution(tape: Tape, x: Variable, weight: Variable): Variable {
  const [batch, , height, width] = x.dims as [number, number, number, number];
  const result = tape.graph.node("Conv", [x.name, weight.name], WINDOW);
  const dims = [batch, weight.dims[0]!, height, width];
  return tape.record(result, dims, [x, weight], (gradient) => {
    tape.contribute(weight, () => weightGradient(tape, x, weight, gradient));
    tape.contribute(x, () => inputGradient(tape, weight, gradient));
  });
}

/** Convolves with the kernel rotated by 180 degrees and its inputs and outputs exchanged. */
function inputGradient({ graph }: Tape, { name }: Variable, gradient: string): string {
  const exchanged = graph.node("Transpose", [name], { perm: [1, 0, 2, 3] });
  const rotated = graph.node("Slice", [
    exchanged,
    graph.integers([-1, -1]),
    graph.integers([-KERNEL - 1, -KERNEL - 1]),
    graph.integers([2, 3]),
    graph.integers([-1, -1]),
  ]);
  return graph.node("Conv", [gradient, rotated], WINDOW);
}

/**
 * Computes one matrix product per kernel tap. With one column of zeros between rows, a shift by rows
 * and columns is a shift of the flat index, so each tap reads one contiguous part of x.
 */
function weightGradient({ graph }: Tape, x: Variable, weight: Variable, gradient: string): string {
  const [batch, inputs, height, width] = x.dims as [number, number, number, number];
  const outputs = weight.dims[0]!;
  const stride = width + 1;
  const flat = height * stride;
  // A row of zeros above, two below: the last tap reads past the last row by two elements.
  const padded = graph.node("Pad", [x.name, graph.integers([0, 0, 1, 1, 0, 0, 2, 0])]);
  const rows = reshaped(graph, padded, [batch, inputs, (height + 3) * stride]);
  const transposed = graph.node("Transpose", [rows], { perm: [0, 2, 1] });
  const widened = graph.node("Pad", [gradient, graph.integers([0, 0, 0, 0, 0, 0, 0, 1])]);
  const left = reshaped(graph, widened, [batch, outputs, flat]);
  const taps = TAPS.map(({ row, column }) => {
    const from = row * stride + column;
    const right = sliced(graph, transposed, 1, from, from + flat);
    const product = summed(graph, graph.node("MatMul", [left, right]), [0]);
    return reshaped(graph, product, [outputs, inputs, 1]);
  });
  return reshaped(graph, graph.node("Concat", taps, { axis: 2 }), weight.dims);
}

/** Flattened windows of a constant input: [batch, elements, count]. */
export interface Windows {
  name: string;
  dims: readonly [number, number, number];
}

/**
 * Convolves windows that are already cut out of an input without gradient.
 *
 * @param filters [outputs, elements]
 * @returns [batch, outputs, 1, count]
 */
export function filterWindows(tape: Tape, filters: Variable, windows: Windows): Variable {
  const { graph } = tape;
  const [batch, , count] = windows.dims;
  const outputs = filters.dims[0]!;
  const dims = [batch, outputs, 1, count];
  const product = graph.node("MatMul", [filters.name, windows.name]);
  return tape.record(reshaped(graph, product, dims), dims, [filters], (gradient) => {
    tape.contribute(filters, () => {
      const left = reshaped(graph, gradient, [batch, outputs, count]);
      const right = graph.node("Transpose", [windows.name], { perm: [0, 2, 1] });
      return summed(graph, graph.node("MatMul", [left, right]), [0]);
    });
  });
}
