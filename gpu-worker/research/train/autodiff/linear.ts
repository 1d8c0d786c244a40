import { summed, type Tape, type Variable } from "./tape.ts";

/**
 * x W' + b.
 *
 * @param x [rows, inputs]
 * @param weight [outputs, inputs]
 * @param bias [outputs]
 * @returns [rows, outputs]
 */
export function linear(tape: Tape, x: Variable, weight: Variable, bias: Variable): Variable {
  const { graph } = tape;
  const result = graph.node("Gemm", [x.name, weight.name, bias.name], { transB: 1 });
  const dims = [x.dims[0]!, weight.dims[0]!];
  return tape.record(result, dims, [x, weight, bias], (gradient) => {
    tape.contribute(x, () => graph.node("MatMul", [gradient, weight.name]));
    tape.contribute(weight, () => graph.node("Gemm", [gradient, x.name], { transA: 1 }));
    tape.contribute(bias, () => summed(graph, gradient, [0]));
  });
}
