import type { Problem } from "@lemons/shared/contract/problem";

/** The response of one kind of failure: problem details without `type` and `instance`, and headers. */
export type ProblemDefinition = Pick<Problem, "title" | "status" | "detail" | "errors"> & {
  headers?: Record<string, string>;
};
