import { sizeOf } from "../../../engine/onnx/tensors.ts";
import { reshaped, scalar, type Tape, type Variable } from "./tape.ts";

/**
 * Computes the maxima of 2 x 2 windows of [batch, channels, height, width], without an odd last row
 * or column. Of equal values the first in row-major order gets the gradient, as in PyTorch.
 */
export function maxPool(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const dims = [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
  const window = { kernel_shape: [2, 2], strides: [2, 2] };
  const [result, indices] = graph.nodes("MaxPool", [x.name], 2, window) as [string, string];
  return tape.record(result, dims, [x], (gradient) => {
    tape.contributeInto(x, (sum) => {
      const flat = (name: string) => reshaped(graph, name, [-1]);
      const base =
        sum === undefined
          ? graph.node("ConstantOfShape", [graph.integers([sizeOf(x.dims)])])
          : flat(sum);
      // Windows don't overlap, so indices are distinct and the order of additions doesn't matter.
      const scattered = graph.node("ScatterElements", [base, flat(indices), flat(gradient)], {
        axis: 0,
        reduction: { text: sum === undefined ? "none" : "add" },
      });
      return reshaped(graph, scattered, x.dims);
    });
  });
}

/** Computes the mean over height and width: [batch, channels, height, width] to [batch, channels]. */
export function reduceMean(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const result = graph.node("ReduceMean", [x.name, graph.integers([2, 3])], { keepdims: 0 });
  return tape.record(result, [batch, channels], [x], (gradient) => {
    tape.contribute(x, () => {
      const share = graph.node("Mul", [gradient, scalar(graph, 1 / (height * width))]);
      const column = reshaped(graph, share, [batch, channels, 1, 1]);
      return graph.node("Expand", [column, graph.integers(x.dims)]);
    });
  });
}

/**
 * Computes the maximum over height and width: [batch, channels, height, width] to [batch, channels].
 * Of equal values the first gets the gradient, as in PyTorch's adaptive max pooling.
 */
export function reduceMax(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const [batch, channels, height, width] = x.dims as [number, number, number, number];
  const result = graph.node("ReduceMax", [x.name, graph.integers([2, 3])], { keepdims: 0 });
  return tape.record(result, [batch, channels], [x], (gradient) => {
    tape.contribute(x, () => {
      const flat = reshaped(graph, x.name, [batch, channels, height * width]);
      const first = graph.node("ArgMax", [flat], { axis: 2, keepdims: 1 });
      const places = graph.integers(Array.from({ length: height * width }, (_, i) => i));
      const column = reshaped(graph, gradient, [batch, channels, 1]);
      const chosen = graph.node("Equal", [first, places]);
      const spread = graph.node("Where", [chosen, column, scalar(graph, 0)]);
      return reshaped(graph, spread, x.dims);
    });
  });
}
