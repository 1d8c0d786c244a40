import type { Tape, Variable } from "./tape.ts";

/** x times a constant tensor that can be spread to x's shape. */
export function multiplyByConstant(tape: Tape, x: Variable, constant: string): Variable {
  const { graph } = tape;
  const product = (name: string) => graph.node("Mul", [name, constant]);
  return tape.record(product(x.name), x.dims, [x], (gradient) => {
    tape.contribute(x, () => product(gradient));
  });
}
