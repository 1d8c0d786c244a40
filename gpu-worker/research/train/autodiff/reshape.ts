import { reshaped, type Tape, type Variable } from "./tape.ts";

/** The same numbers in another shape. */
export function reshape(tape: Tape, x: Variable, dims: readonly number[]): Variable {
  const { graph } = tape;
  return tape.record(reshaped(graph, x.name, dims), dims, [x], (gradient) => {
    tape.contribute(x, () => reshaped(graph, gradient, x.dims));
  });
}
