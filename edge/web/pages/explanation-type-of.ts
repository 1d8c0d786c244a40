import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { Context } from "hono";
import { ProblemError } from "../../base/problems/problem.ts";
import { badRequest } from "../../base/problems/request-problems.ts";

export const DEFAULT_TYPE: ExplanationType = "time+source";

/** The type that the address names, or the default. @throws ProblemError where it names no type */
export function explanationTypeOf(c: Context): ExplanationType {
  // In a query "+" stands for a space, and people type it.
  const text = c.req.query("type")?.replace(" ", "+");
  if (text === undefined) return DEFAULT_TYPE;
  const parsed = ExplanationType.safeParse(text, { error: () => fault });
  if (parsed.success) return parsed.data;
  throw new ProblemError(badRequest("query", parsed.error));
}
const fault = `type must be one of ${ExplanationType.options.join(", ")}`;
