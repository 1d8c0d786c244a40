import onnxProto from "onnx-proto";
import type { Tape, Variable } from "./tape.ts";

const { FLOAT } = onnxProto.onnx.TensorProto.DataType;

/** Element by element the largest of tensors of one shape; the first of equal ones gets the gradient. */
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
      // Exact: what was taken is the rest itself or zero.
      rest = graph.node("Sub", [rest, taken]);
      tape.contribute(part, () => taken);
    });
  });
}
