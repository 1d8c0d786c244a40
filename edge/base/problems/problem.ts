import type { Problem } from "@lemons/shared/contract/problem";
import { ACCESS_PROBLEMS } from "./access-problems.ts";
import { CATALOGUE_PROBLEMS } from "./catalogue-problems.ts";
import { EXPLANATION_PROBLEMS } from "./explanation-problems.ts";
import type { ProblemWords } from "./problem-words.ts";
import { REQUEST_PROBLEMS } from "./request-problems.ts";
import { SHARING_PROBLEMS } from "./sharing-problems.ts";
import { UPLOAD_PROBLEMS } from "./upload-problems.ts";
import { WEBHOOK_PROBLEMS } from "./webhook-problems.ts";

/** Everything that can go wrong for a caller, and how it is told. */
const PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...ACCESS_PROBLEMS,
  ...UPLOAD_PROBLEMS,
  ...CATALOGUE_PROBLEMS,
  ...EXPLANATION_PROBLEMS,
  ...SHARING_PROBLEMS,
  ...WEBHOOK_PROBLEMS,
};

type Kind = keyof typeof PROBLEMS;
type Facts<K extends Kind> = Parameters<(typeof PROBLEMS)[K]> extends [infer F] ? F : unknown;

/** Something that went wrong for a caller, with what only the inside knows. */
export type Failure = { [K in Kind]: { kind: K } & Facts<K> }[Kind];

/** A failure on its way to the one place that turns it into an answer. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

interface ProblemAnswer {
  body: Problem;
  headers: Record<string, string>;
}

/**
 * The one mapping from failures to the wire: RFC 9457 problem details.
 *
 * @param instance the request id, so that an answer can be found in the logs
 */
export function toProblem(failure: Failure, instance?: string): ProblemAnswer {
  // A kind's own facts come with it, which the type of an index into a union cannot say.
  const words = PROBLEMS[failure.kind] as (facts: Failure) => ProblemWords;
  const { headers = {}, ...rest } = words(failure);
  return {
    body: {
      type: `/problems/${failure.kind}`,
      ...rest,
      ...(instance === undefined ? {} : { instance }),
    },
    headers,
  };
}
