import { scalar, type Tape, type Variable } from "./tape.ts";

/** Element by element the largest of tensors of one shape; the first of equal ones gets the gradient. */
export function maximum(tape: Tape, parts: readonly Variable[]): Variable {
  const { graph } = tape;
  const result = graph.node(
    "Max",
    parts.map(({ name }) => name),
  );
  return tape.record(result, parts[0]!.dims, parts, (gradient) => {
    const zero = scalar(graph, 0);
    let rest = gradient;
    parts.forEach((part, i) => {
      if (i === parts.length - 1) {
        tape.contribute(part, () => rest);
        return;
      }
      const here = graph.node("Equal", [part.name, result]);
      const taken = graph.node("Where", [here, rest, zero]);
      // Exact: what was taken is the rest itself or zero. Faster than a second Where.
      rest = graph.node("Sub", [rest, taken]);
      tape.contribute(part, () => taken);
    });
  });
}
