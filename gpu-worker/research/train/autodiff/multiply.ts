import { reshaped, type Tape, type Variable } from "./tape.ts";

/** x times a constant tensor that can be spread to x's shape. */
export function multiplyByConstant(tape: Tape, x: Variable, constant: string): Variable {
  const { graph } = tape;
  const product = (name: string) => graph.node("Mul", [name, constant]);
  return tape.record(product(x.name), x.dims, [x], (gradient) => {
    tape.contribute(x, () => product(gradient));
  });
}

/** x times one number. @param factor [1] */
export function multiplyByNumber(tape: Tape, x: Variable, factor: Variable): Variable {
  const { graph } = tape;
  const product = (a: string, b: string) => graph.node("Mul", [a, b]);
  return tape.record(product(x.name, factor.name), x.dims, [x, factor], (gradient) => {
    tape.contribute(x, () => product(gradient, factor.name));
    tape.contribute(factor, () =>
      reshaped(graph, graph.node("ReduceSum", [product(gradient, x.name)], { keepdims: 0 }), [1]),
    );
  });
}
