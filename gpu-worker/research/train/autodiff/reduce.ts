import { reshaped, scalar, type Tape, type Variable } from "./tape.ts";

/** Mean over height and width of [batch, channels, height, width]: [batch, channels]. */
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
 * Maximum over height and width of [batch, channels, height, width]: [batch, channels]. Of equal
 * values the first gets the gradient, as in PyTorch's adaptive max pooling.
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
