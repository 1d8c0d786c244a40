import { Problem } from "@lemons/shared/contract/problem";
import type { z } from "zod";

/** An error answer in the API's description. */
export const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: Problem } },
});

/** An answer of JSON in the API's description. */
export const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { "application/json": { schema } },
});

/** An answer without JSON in the API's description. */
export const binary = (description: string, mediaType: string) => ({
  description,
  content: { [mediaType]: { schema: { type: "string" as const, format: "binary" } } },
});

/** What nearly every route may answer. */
export const badRequest = problem("a field is malformed or unknown; `errors` names it");
export const notModified = { description: "what the caller has is current" };

/** What a caller hears whose key does not hold, or may not do this. */
export const refusals = {
  401: problem(
    "the API key does not hold, or one is needed; `WWW-Authenticate` says what is wrong",
  ),
  403: problem(
    "the API key lacks the scope that `detail` names, or this costs more than a day's budget",
  ),
};

/** What a caller hears who has asked for too much. */
export const tooMuch = problem(
  "too many requests at once, or the budget is spent; `Retry-After` says when to ask again",
);
