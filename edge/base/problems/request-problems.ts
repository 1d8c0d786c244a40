import type { ProblemWords } from "./problem-words.ts";

/** One field of a request that is wrong. */
export interface FieldError {
  field: string;
  message: string;
}

/** What is wrong with a request, whatever it is for. */
export const REQUEST_PROBLEMS = {
  "bad-request": (facts: { errors: FieldError[] }): ProblemWords => ({
    status: 400,
    title: "The request has fields that are wrong",
    detail: facts.errors.map((e) => `${e.field}: ${e.message}`).join("; "),
    errors: facts.errors,
  }),
  "malformed-json": (facts: { reason: string }): ProblemWords => ({
    status: 400,
    title: "The body is not JSON",
    detail: `The body could not be read as JSON (${facts.reason}). Send one JSON object.`,
    errors: [{ field: "body", message: facts.reason }],
  }),
  "unsupported-media-type": (facts: {
    received: string | undefined;
    wanted: string;
  }): ProblemWords => ({
    status: 415,
    title: "The body has a media type that is not understood",
    detail: `Got ${facts.received ?? "no Content-Type"}; send ${facts.wanted}.`,
  }),
  "body-too-large": (facts: { limitBytes: number }): ProblemWords => ({
    status: 413,
    title: "The body is too large",
    detail: `At most ${facts.limitBytes} bytes are read.`,
  }),
  "route-not-found": (facts: { path: string }): ProblemWords => ({
    status: 404,
    title: "There is nothing here",
    detail: `No resource has the path ${facts.path}. /openapi.json lists what there is.`,
  }),
  "method-not-allowed": (facts: { method: string; allow: readonly string[] }): ProblemWords => ({
    status: 405,
    title: "This method is not allowed here",
    detail: `${facts.method} is not among ${facts.allow.join(", ")}.`,
    headers: { Allow: facts.allow.join(", ") },
  }),
  "format-not-implemented": (facts: { format: string }): ProblemWords => ({
    status: 501,
    title: "This format is not implemented",
    detail: `Answers are JSON, not ${facts.format}.`,
  }),
  "range-not-satisfiable": (facts: { range: string; size: number }): ProblemWords => ({
    status: 416,
    title: "The range cannot be satisfied",
    detail: `"${facts.range}" is not one range within ${facts.size} bytes.`,
    headers: { "Content-Range": `bytes */${facts.size}` },
  }),
  "idempotency-in-progress": (): ProblemWords => ({
    status: 409,
    title: "A request with this Idempotency-Key is at work",
    detail: "Wait for its answer, or send the same request again later.",
  }),
  "idempotency-key-reused": (): ProblemWords => ({
    status: 422,
    title: "The Idempotency-Key was used for something else",
    detail: "Within a day the same key stands for the same file, title and artist.",
  }),
  internal: (): ProblemWords => ({
    status: 500,
    title: "Something went wrong here",
    detail: "The fault is on this side and has been logged under the instance's id.",
  }),
};
