import onnxProto from "onnx-proto";
import { reshaped, scalar, type Tape, type Variable } from "./tape.ts";

/** Computes max(x, 0). The gradient at 0 is 0, as in PyTorch. */
export function relu(tape: Tape, x: Variable): Variable {
  const { graph } = tape;
  const result = graph.node("Relu", [x.name]);
  return tape.record(result, x.dims, [x], (gradient) => {
    // The result is never negative: its sign is 1 for positive x and 0 otherwise.
    tape.contribute(x, () => graph.node("Mul", [gradient, graph.node("Sign", [result])]));
  });
}

const { FLOAT } = onnxProto.onnx.TensorProto.DataType;

/** Computes the elementwise maximum of tensors of one shape. Of equal values the first gets the gradient. */
export function maximum(tape: Tape, parts: readonly Variable[]): Variable {
  const { graph } = tape;
  const result = graph.node(
    "Max",
    parts.map(({ name }) => name),
  );
  return tape.record(result, parts[0]!.dims, parts, (gradient) => {
    let rest = gradient;
    parts.forEach((part, i) => {
      if (i === parts.length - 1) {
        tape.contribute(part, () => rest);
        return;
      }
      const here = graph.node("Cast", [graph.node("Equal", [part.name, result])], { to: FLOAT });
      const taken = graph.node("Mul", [rest, here]);
      // Exact, since `taken` is either `rest` or zero.
      rest = graph.node("Sub", [rest, taken]);
      tape.contribute(part, () => taken);
    });
  });
}

/** Multiplies x by a constant tensor that broadcasts to x's shape. */
export function multiplyByConstant(tape: Tape, x: Variable, constant: string): Variable {
  const { graph } = tape;
  const product = (name: string) => graph.node("Mul", [name, constant]);
  return tape.record(product(x.name), x.dims, [x], (gradient) => {
    tape.contribute(x, () => product(gradient));
  });
}

/**
 * Multiplies x by one number.
 *
 * @param factor [1]
 */
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

/**
 * Drops the elements whose `mask` is 0 and scales the others by 1 / (1 - rate).
 * Source: Srivastava et al., "Dropout" (JMLR 15, 2014), section 10 (inverted).
 *
 * @param mask name of a tensor of x's shape, 0 or 1
 * @param rate share of dropped elements, at least 0 and less than 1
 */
export function dropout(tape: Tape, x: Variable, mask: string, rate: number): Variable {
  const factor = scalar(tape.graph, 1 / (1 - rate));
  return multiplyByConstant(tape, x, tape.graph.node("Mul", [mask, factor]));
}
