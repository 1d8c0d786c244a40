import { sizeOf } from "../../../engine/onnx/tensors.ts";
import { reshaped, type Tape, type Variable } from "./tape.ts";

/**
 * Maxima of windows of 2 x 2 of [batch, channels, height, width]; an odd last row or column is left
 * out. Of equal values the first in row-major order gets the gradient, as in PyTorch.
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
      // Windows do not overlap: no index comes twice, so the order of additions cannot matter.
      const scattered = graph.node("ScatterElements", [base, flat(indices), flat(gradient)], {
        axis: 0,
        reduction: { text: sum === undefined ? "none" : "add" },
      });
      return reshaped(graph, scattered, x.dims);
    });
  });
}
