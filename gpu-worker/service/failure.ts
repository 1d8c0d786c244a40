import { WORKER_ENDPOINTS, WORKER_HEALTH_PATH } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { FieldError, Problem } from "@lemons/shared/contract/problem";
import { ComputeClosedError, ComputeLostError } from "../engine/compute/node/compute.ts";
import { type InputSubject, UnusableInputError } from "../engine/input-error.ts";

/** Every way in which a request or a job can fail. */
export type ServiceFailure =
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

/** Carries a failure to the response. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly failure: ServiceFailure;

  constructor(failure: ServiceFailure, options?: ErrorOptions) {
    super("reason" in failure ? failure.reason : failure.kind, options);
    this.failure = failure;
  }
}

const INPUT_PROBLEMS: Record<InputSubject, Pick<Problem, "type" | "title">> = {
  audio: { type: "/problems/audio-not-decodable", title: "The audio can't be used" },
  stems: { type: "/problems/stems-not-usable", title: "The stems can't be used" },
  model: { type: "/problems/model-not-usable", title: "The model can't be used" },
  request: { type: "/problems/request-not-computable", title: "This can't be computed" },
};

/** Problem details that name the request. */
export type ProblemDetails = Problem & { instance: string };

/**
 * Returns the problem details (RFC 9457) of a failure. With a status of 429 or from 500 on, the same
 * request may succeed later; with any other it fails again.
 *
 * @param requestId names the request in the response and in the log
 */
export function problemOf(failure: ServiceFailure, requestId: string): ProblemDetails {
  return { ...describe(failure), instance: requestId };
}

const PATHS = Object.values(WORKER_ENDPOINTS).map(({ path }) => path);

function describe(failure: ServiceFailure): Omit<Problem, "instance"> {
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
        title: "Not found",
        status: 404,
        detail: `The worker answers GET ${WORKER_HEALTH_PATH} and POST ${PATHS.join(", ")}.`,
      };
    case "body-too-large":
      return {
        type: "/problems/body-too-large",
        title: "The request body is too large",
        status: 413,
        detail: `A body may have up to ${failure.maxBytes} bytes. Send fewer tracks or models.`,
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
        title: "A link leads to an origin that is not allowed",
        status: 400,
        detail: failure.errors.map((each) => `${each.field} ${each.message}`).join("; "),
        errors: failure.errors,
      };
    case "input-unusable":
      return { ...INPUT_PROBLEMS[failure.subject], status: 422, detail: failure.reason };
    case "link-failed":
      return {
        type: "/problems/link-failed",
        title: "An object couldn't be fetched or stored",
        status: 502,
        detail: failure.reason,
      };
    case "queue-full":
      return {
        type: "/problems/busy",
        title: "The worker is busy",
        status: 429,
        detail: `The queue is full: ${failure.waiting} jobs are waiting. Retry after the time in Retry-After.`,
      };
    case "shutting-down":
      return {
        type: "/problems/worker-shutting-down",
        title: "The worker is shutting down",
        status: 503,
        detail: "Send the request again; another worker will take it.",
      };
    case "compute-lost":
      return {
        type: "/problems/compute-lost",
        title: "The computation was lost",
        status: 500,
        detail: failure.reason,
      };
    case "unexpected":
      return {
        type: "/problems/unexpected",
        title: "Internal error in the worker",
        status: 500,
        detail: "The worker's log has the cause under this request's id.",
      };
  }
}

/** Returns the failure of an error of the service or the engine; `unexpected` for any other error. */
export function failureOf(error: unknown): ServiceFailure {
  if (error instanceof ServiceError) return error.failure;
  if (error instanceof UnusableInputError) {
    return { kind: "input-unusable", subject: error.subject, reason: error.message };
  }
  if (error instanceof ComputeLostError) return { kind: "compute-lost", reason: error.message };
  if (error instanceof ComputeClosedError) return { kind: "shutting-down" };
  return { kind: "unexpected" };
}
