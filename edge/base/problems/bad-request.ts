import type { z } from "zod";
import type { Failure } from "./problem.ts";
import type { FieldError } from "./request-problems.ts";

const WHERE: Record<string, string> = {
  json: "body",
  query: "query",
  param: "path",
  header: "header",
};

/**
 * The failure of a request that does not meet its schema, naming each field as it was sent.
 *
 * @param target the part of the request: json, query, param or header
 */
export function badRequest(target: string, error: z.core.$ZodError): Failure {
  return {
    kind: "bad-request",
    errors: error.issues.flatMap((issue) => fieldErrors(target, issue)),
  };
}

function fieldErrors(target: string, issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: [...path, key].join("."),
      message: `is not a field of the ${WHERE[target] ?? target}`,
    }));
  }
  return [{ field: path.join(".") || (WHERE[target] ?? target), message: issue.message }];
}
