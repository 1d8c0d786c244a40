import type { Problem } from "@lemons/shared/contract/problem";
import { ComputeClosedError, ComputeLostError } from "../engine/compute/node/compute.ts";
import { type InputSubject, UnusableInputError } from "../engine/input-error.ts";

export interface FieldError {
  field: string;
  message: string;
}

/** Every way in which a request or a job can fail. */
export type Failure =
  | { kind: "unauthorized" }
  | { kind: "not-found" }
  | { kind: "body-too-large"; maxBytes: number }
  | { kind: "request-invalid"; errors: FieldError[] }
  | { kind: "link-refused"; errors: FieldError[] }
  | { kind: "input-unusable"; subject: InputSubject; reason: string }
  | { kind: "link-failed"; reason: string }
  | { kind: "queue-full"; waiting: number }
  | { kind: "shutting-down" }
  | { kind: "compute-lost"; reason: string }
  | { kind: "unexpected" };

/** A failure on its way to whoever answers for it. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super("reason" in failure ? failure.reason : failure.kind, options);
    this.failure = failure;
  }
}

const INPUT_PROBLEMS: Record<InputSubject, Pick<Problem, "type" | "title">> = {
  audio: { type: "/problems/audio-not-decodable", title: "The audio cannot be used" },
  stems: { type: "/problems/stems-not-usable", title: "The stems cannot be used" },
  model: { type: "/problems/model-not-usable", title: "The model cannot be used" },
  request: { type: "/problems/request-not-computable", title: "This cannot be computed" },
};

/**
 * The problem details (RFC 9457) of a failure. A status of 429 or from 500 on may be retried; the
 * same request will fail again with any other.
 *
 * @param requestId names the request in the answer and in the log
 */
export function problemOf(failure: Failure, requestId: string): Problem {
  return { ...described(failure), instance: requestId };
}

function described(failure: Failure): Omit<Problem, "instance"> {
  switch (failure.kind) {
    case "unauthorized":
      return {
        type: "/problems/unauthorized",
        title: "The bearer token is missing or wrong",
        status: 401,
        detail: "Send the worker's shared secret as `Authorization: Bearer <secret>`.",
      };
    case "not-found":
      return {
        type: "/problems/not-found",
        title: "There is nothing here",
        status: 404,
        detail:
          "The worker answers GET /healthz and POST /v1/score, /v1/explain, /v1/table, /v1/render and /v1/stems.",
      };
    case "body-too-large":
      return {
        type: "/problems/body-too-large",
        title: "The request body is too large",
        status: 413,
        detail: `A body may have up to ${failure.maxBytes} bytes. Ask for fewer tracks or models.`,
      };
    case "request-invalid":
      return {
        type: "/problems/request-invalid",
        title: "The request is not valid",
        status: 400,
        detail: failure.errors.map((each) => `${each.field} ${each.message}`).join("; "),
        errors: failure.errors,
      };
    case "link-refused":
      return {
        type: "/problems/link-refused",
        title: "A link leads where the worker may not go",
        status: 400,
        detail: failure.errors.map((each) => `${each.field} ${each.message}`).join("; "),
        errors: failure.errors,
      };
    case "input-unusable":
      return { ...INPUT_PROBLEMS[failure.subject], status: 422, detail: failure.reason };
    case "link-failed":
      return {
        type: "/problems/link-failed",
        title: "An object could not be fetched or stored",
        status: 502,
        detail: failure.reason,
      };
    case "queue-full":
      return {
        type: "/problems/busy",
        title: "The worker is busy",
        status: 429,
        detail: `${failure.waiting} jobs wait already. Try again after the time in Retry-After.`,
      };
    case "shutting-down":
      return {
        type: "/problems/worker-shutting-down",
        title: "The worker is shutting down",
        status: 503,
        detail: "Nothing was stored. Send the request again; another worker will take it.",
      };
    case "compute-lost":
      return {
        type: "/problems/compute-lost",
        title: "The computation broke off",
        status: 500,
        detail: failure.reason,
      };
    case "unexpected":
      return {
        type: "/problems/unexpected",
        title: "Something went wrong in the worker",
        status: 500,
        detail: "The worker's log has the cause under this request's id.",
      };
  }
}

/** Returns the failure that an error of the service or the engine stands for, else `unexpected`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ServiceError) return error.failure;
  if (error instanceof UnusableInputError) {
    return { kind: "input-unusable", subject: error.subject, reason: error.message };
  }
  if (error instanceof ComputeLostError) return { kind: "compute-lost", reason: error.message };
  if (error instanceof ComputeClosedError) return { kind: "shutting-down" };
  return { kind: "unexpected" };
}
