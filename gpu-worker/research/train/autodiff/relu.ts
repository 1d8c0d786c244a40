import type { Tape, Variable } from "./tape.ts";

/** max(x, 0); the gradient at 0 is 0, as PyTorch's. */
export function relu(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const result = graph.node("Relu", [x.name]);
  return tape.record(result, x.dims, [x], (gradient) => {
    // The result is never negative: its sign is 1 where x is positive and 0 elsewhere.
    tape.contribute(x, () => graph.node("Mul", [gradient, graph.node("Sign", [result])]));
  });
}
