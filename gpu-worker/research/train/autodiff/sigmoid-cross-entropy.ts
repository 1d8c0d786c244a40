import { scalar, type Tape, type Variable } from "./tape.ts";

/** Smallest normal float32: the loss of a batch without labels is 0 instead of NaN. */
const SMALLEST = 2 ** -126;

/**
 * Computes the weighted mean of max(x, 0) - x t + log(1 + exp(-|x|)), the cross-entropy of
 * sigmoid(x) without overflow.
 *
 * @param logits x, any shape
 * @param labels t, same shape, 0 to 1
 * @param weights same shape, not negative
 * @returns a scalar: the sum of weighted losses over the sum of the weights
 */
export function sigmoidCrossEntropy(
  tape: Tape,
  logits: Variable,
  labels: string,
  weights: string,
): Variable {
  const { graph } = tape;
  const sum = (name: string) => graph.node("ReduceSum", [name], { keepdims: 0 });
  const total = graph.node("Max", [sum(weights), scalar(graph, SMALLEST)]);
  const share = graph.node("Div", [weights, total]);
  const tail = graph.node("Softplus", [graph.node("Neg", [graph.node("Abs", [logits.name])])]);
  const slope = graph.node("Sub", [
    graph.node("Relu", [logits.name]),
    graph.node("Mul", [logits.name, labels]),
  ]);
  const losses = graph.node("Add", [slope, tail]);
  return tape.record(sum(graph.node("Mul", [losses, share])), [], [logits], (gradient) => {
    tape.contribute(logits, () => {
      const error = graph.node("Sub", [graph.node("Sigmoid", [logits.name]), labels]);
      return graph.node("Mul", [graph.node("Mul", [error, share]), gradient]);
    });
  });
}
