import type { Problem } from "@lemons/shared/contract/problem";
import { ACCESS_PROBLEMS } from "./access-problems.ts";
import { CATALOGUE_PROBLEMS } from "./catalogue-problems.ts";
import { EXPLANATION_PROBLEMS } from "./explanation-problems.ts";
import type { ProblemDefinition } from "./problem-definition.ts";
import { REQUEST_PROBLEMS } from "./request-problems.ts";

/** Every failure that a caller can see. The key is the last part of the problem's `type`. */
const PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...ACCESS_PROBLEMS,
  ...CATALOGUE_PROBLEMS,
  ...EXPLANATION_PROBLEMS,
};

type Kind = keyof typeof PROBLEMS;
type Facts<K extends Kind> = Parameters<(typeof PROBLEMS)[K]> extends [infer F] ? F : unknown;

/** A failure with the facts that its problem details state. */
export type Failure = { [K in Kind]: { kind: K } & Facts<K> }[Kind];

/** Carries a failure to the error handler, which turns it into a response. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Problem details and the headers that go with them. */
interface ProblemResponse {
  body: Problem;
  headers: Record<string, string>;
}

/**
 * Maps a failure to problem details (RFC 9457).
 *
 * @param instance id of the request, which the logs contain too
 */
export function toProblem(failure: Failure, instance?: string): ProblemResponse {
  // TypeScript can't tell that the definition at `failure.kind` takes exactly this failure's facts.
  const define = PROBLEMS[failure.kind] as (facts: Failure) => ProblemDefinition;
  const { headers = {}, ...details } = define(failure);
  return {
    body: {
      type: `/problems/${failure.kind}`,
      ...details,
      ...(instance === undefined ? {} : { instance }),
    },
    headers,
  };
}
