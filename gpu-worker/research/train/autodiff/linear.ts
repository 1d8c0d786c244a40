import { reshaped, sliced, summed, type Tape, type Variable } from "./tape.ts";

/** Gives a tensor another shape of the same size. */
export function reshape(tape: Tape, x: Variable, dims: readonly number[]): Variable {
  const { graph } = tape;
  return tape.record(reshaped(graph, x.name, dims), dims, [x], (gradient) => {
    tape.contribute(x, () => reshaped(graph, gradient, x.dims));
  });
}

/** Concatenates matrices [rows, columns] along the columns. */
export function concat(tape: Tape, parts: readonly Variable[]): Variable {
  const { graph } = tape;
  const rows = parts[0]!.dims[0]!;
  const columns = parts.reduce((sum, { dims }) => sum + dims[1]!, 0);
  const result = graph.node(
    "Concat",
    parts.map(({ name }) => name),
    { axis: 1 },
  );
  return tape.record(result, [rows, columns], parts, (gradient) => {
    let from = 0;
    for (const part of parts) {
      const start = from;
      from += part.dims[1]!;
      tape.contribute(part, () => sliced(graph, gradient, 1, start, start + part.dims[1]!));
    }
  });
}

/**
 * Computes x W' + b.
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
