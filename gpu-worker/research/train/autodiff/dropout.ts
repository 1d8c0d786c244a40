import { multiplyByConstant } from "./multiply.ts";
import { scalar, type Tape, type Variable } from "./tape.ts";

/**
 * Keeps where `mask` is 1, drops where it is 0, and makes up for the share that is dropped.
 * Source: Srivastava et al., "Dropout" (JMLR 15, 2014), section 10 (inverted).
 *
 * @param mask tensor of x's shape, 0 or 1
 * @param rate share that is dropped, at least 0 and less than 1
 */
export function dropout(tape: Tape, x: Variable, mask: string, rate: number): Variable {
  const factor = scalar(tape.graph, 1 / (1 - rate));
  return multiplyByConstant(tape, x, tape.graph.node("Mul", [mask, factor]));
}
