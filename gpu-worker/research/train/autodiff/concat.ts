import { sliced, type Tape, type Variable } from "./tape.ts";

/** Matrices [rows, columns] side by side. */
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
