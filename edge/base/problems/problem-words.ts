import type { Problem } from "@lemons/shared/contract/problem";

/** How a failure is told: problem details but for their names, and the headers that HTTP wants with them. */
export type ProblemWords = Pick<Problem, "title" | "status" | "detail" | "errors"> & {
  headers?: Record<string, string>;
};
