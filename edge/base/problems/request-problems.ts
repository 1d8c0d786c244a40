import type { FieldError } from "@lemons/shared/contract/problem";
import type { z } from "zod";
import type { ProblemDefinition } from "./problem-definition.ts";

/** Problems that any route can have with a request, and internal errors. */
export const REQUEST_PROBLEMS = {
  "bad-request": (facts: { errors: FieldError[] }): ProblemDefinition => ({
    status: 400,
    title: "Invalid request",
    detail: facts.errors.map((e) => `${e.field}: ${e.message}`).join("; "),
    errors: facts.errors,
  }),
  "malformed-json": (facts: { reason: string }): ProblemDefinition => ({
    status: 400,
    title: "Malformed JSON",
    detail: `The body isn't valid JSON (${facts.reason}). Send one JSON object.`,
    errors: [{ field: "body", message: facts.reason }],
  }),
  "unsupported-media-type": (facts: {
    received: string | undefined;
    wanted: string;
  }): ProblemDefinition => ({
    status: 415,
    title: "Unsupported media type",
    detail: facts.received
      ? `Content-Type '${facts.received}' isn't supported here. Send ${facts.wanted}.`
      : `The request has no Content-Type. Send ${facts.wanted}.`,
  }),
  "body-too-large": (facts: { limitBytes: number }): ProblemDefinition => ({
    status: 413,
    title: "Body too large",
    detail: `The body exceeds ${facts.limitBytes} bytes. Send a smaller one.`,
  }),
  "route-not-found": (facts: { path: string }): ProblemDefinition => ({
    status: 404,
    title: "Page not found",
    detail: `Nothing exists at ${facts.path}. /docs lists the API's paths.`,
  }),
  "method-not-allowed": (facts: {
    method: string;
    allow: readonly string[];
  }): ProblemDefinition => ({
    status: 405,
    title: "Method not allowed",
    detail: `${facts.method} isn't supported here; use ${alternatives(facts.allow)}.`,
    headers: { Allow: facts.allow.join(", ") },
  }),
  "format-not-implemented": (facts: { format: string }): ProblemDefinition => ({
    status: 501,
    title: "Format not supported",
    detail: `The format '${facts.format}' isn't supported. Use json.`,
  }),
  "range-not-satisfiable": (facts: { range: string; size: number }): ProblemDefinition => ({
    status: 416,
    title: "Range not satisfiable",
    detail: `'${facts.range}' isn't a range within the file's ${facts.size} bytes.`,
    headers: { "Content-Range": `bytes */${facts.size}` },
  }),
  "idempotency-in-progress": (): ProblemDefinition => ({
    status: 409,
    title: "Request in progress",
    detail:
      "A request with this Idempotency-Key is still running. Send the same request again later.",
  }),
  "idempotency-key-reused": (): ProblemDefinition => ({
    status: 422,
    title: "Idempotency-Key already used",
    detail:
      "This Idempotency-Key was used with a different file, title or artist in the last 24 hours. Use a new key.",
  }),
  internal: (): ProblemDefinition => ({
    status: 500,
    title: "Internal error",
    detail: "The error was logged. Quote the instance id if you report it.",
  }),
};

const TARGET_NAMES: Record<string, string> = {
  json: "body",
  query: "query",
  param: "path",
  header: "header",
};

/**
 * Returns the failure of a request that violates its schema, with one error per field.
 *
 * @param target the validated part of the request: json, query, param or header
 */
export function badRequest(
  target: string,
  error: z.core.$ZodError,
): { kind: "bad-request"; errors: FieldError[] } {
  const part = TARGET_NAMES[target] ?? target;
  return {
    kind: "bad-request",
    errors: error.issues.flatMap((issue) => fieldErrors(part, issue)),
  };
}

function fieldErrors(part: string, issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: [...path, key].join("."),
      message: `is not a field of the ${part}`,
    }));
  }
  return [{ field: path.join(".") || part, message: issue.message }];
}

/** `GET`, `GET or HEAD`, `GET, HEAD or POST`. */
function alternatives(methods: readonly string[]): string {
  if (methods.length < 2) return methods.join();
  return `${methods.slice(0, -1).join(", ")} or ${methods.at(-1)}`;
}
