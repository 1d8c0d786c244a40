import { reshaped, summed, type Tape, type Variable } from "./tape.ts";

/** Constant parts of an input, flattened: [batch, elements, count]. */
export interface Windows {
  name: string;
  dims: readonly [number, number, number];
}

/**
 * A convolution whose windows are already cut out of an input that needs no gradient.
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
