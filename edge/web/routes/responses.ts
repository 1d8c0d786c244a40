import type { Scope } from "@lemons/shared/contract/access";
import { uploadExample } from "@lemons/shared/contract/catalogue.example";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { Problem } from "@lemons/shared/contract/problem";
import type { z } from "zod";
import { type Failure, toProblem } from "../../base/problems/problem.ts";
import { RESPONSE_HEADERS, type ResponseHeader, withHeaders } from "./response-headers.ts";

/**
 * An error answer in the API's description.
 *
 * @param failures that are answered so; examples and headers are what they are answered with
 */
export const problem = (description: string, ...failures: [Failure, ...Failure[]]) => {
  const answers = failures.map((failure) =>
    toProblem(failure, RESPONSE_HEADERS["X-Request-Id"].example),
  );
  const headers = Object.keys(answers[0]!.headers) as ResponseHeader[];
  return {
    description,
    headers: withHeaders(headers.filter((name) => answers.every((answer) => answer.headers[name]))),
    content: {
      "application/problem+json": {
        schema: Problem,
        examples: Object.fromEntries(
          answers.map(({ body }, index) => [
            failures[index]!.kind,
            { summary: body.title, value: body },
          ]),
        ),
      },
    },
  };
};

/** An answer of JSON in the API's description. */
export const json = <Schema extends z.ZodType>(
  description: string,
  schema: Schema,
  example: z.infer<Schema>,
  ...headers: ResponseHeader[]
) => ({
  description,
  headers: withHeaders(headers),
  content: { "application/json": { schema, example } },
});

/** An answer of bytes in the API's description, whole or one range of it. */
export const binary = (description: string, mediaType: string, ...headers: ResponseHeader[]) => ({
  description,
  headers: withHeaders(headers),
  content: { [mediaType]: { schema: { type: "string" as const, format: "binary" } } },
});

/** What bytes of the store are answered with: all of them, one range, or nothing new. */
export const ranged = (mediaType: string) => {
  const always = ["ETag", "Last-Modified", "Cache-Control", "Accept-Ranges"] as const;
  return {
    200: binary("the whole file", mediaType, ...always),
    206: binary("the range that was asked for", mediaType, ...always, "Content-Range"),
    304: notModified,
    416: problem("the range lies outside the file, is malformed, or is more than one", {
      kind: "range-not-satisfiable",
      range: "bytes=900000-",
      size: 480_231,
    }),
  };
};

/** What nearly every route may answer. */
export const badRequest = problem("a field is malformed or unknown; `errors` names it", {
  kind: "bad-request",
  errors: [{ field: "limt", message: "is not a field of the query" }],
});

/** What a route with a body of JSON may answer. */
export const jsonProblems = (limitBytes: number) => ({
  400: problem(
    "the body is not JSON, or a field is malformed or unknown; `errors` names it",
    {
      kind: "bad-request",
      errors: [{ field: "listener", message: "Invalid input: expected string" }],
    },
    { kind: "malformed-json", reason: "Malformed JSON in request body" },
  ),
  413: problem("the body is too large", { kind: "body-too-large", limitBytes }),
  415: problem("the body is not application/json", {
    kind: "unsupported-media-type",
    received: "text/plain",
    wanted: "application/json",
  }),
});

export const notModified = {
  description: "what the caller has is current",
  headers: withHeaders(["ETag"]),
};

/**
 * What a caller hears whose key does not hold, or may not do this.
 *
 * @param failures other reasons for 403
 */
export const refused = (scope: Scope, ...failures: Failure[]) => ({
  401: problem(
    "the API key does not hold, or one is needed; `WWW-Authenticate` says what is wrong",
    { kind: "key-needed", scope },
    { kind: "key-refused", refusal: { why: "expired", at: "2026-11-01T00:00:00.000Z" } },
  ),
  403: problem(
    failures.length === 0
      ? "the API key lacks the scope that `detail` names"
      : "the API key lacks the scope that `detail` names, or it may not have what it asks for",
    { kind: "missing-scope", scope },
    ...failures,
  ),
});

/** What a caller hears who may not even read. */
export const refusals = refused("read");

/** What a caller hears whose signed link does not hold, or who may not even read. */
export const linkRefusals = {
  ...refused("read", { kind: "link-refused", reason: "Its signature does not belong to this." }),
  410: problem("the signed link has expired", {
    kind: "link-expired",
    at: "2026-12-01T00:00:00.000Z",
  }),
};

/**
 * What a caller hears who has asked for too much.
 *
 * @param failures other reasons for 429 than bursts of requests
 */
export const tooMuch = (...failures: Failure[]) =>
  problem(
    failures.length === 0
      ? "too many requests at once; `Retry-After` says when to ask again"
      : "too many requests at once, or too much asked for; `Retry-After` says when to ask again",
    { kind: "too-many-requests", seconds: 10 },
    ...failures,
  );

/** Failures that several routes answer with. */
export const unknownTrack: Failure = { kind: "unknown-track", id: "wesnoth-battle-epik" };
export const unknownListener: Failure = { kind: "unknown-listener", id: "elsa" };
export const undecodable: Failure = {
  kind: "input-unusable",
  track: uploadExample.id,
  reason: "The file is cut off: it announces more than it holds.",
};
export const decodingFailed: Failure = {
  kind: "upload-failed",
  id: uploadExample.id,
  attempts: 5,
  reason: "The gpu-worker could not be reached.",
};

const { id, track } = explanationExample;
export const unknownExplanation: Failure = { kind: "unknown-explanation", id };
export const unusableInput: Failure = {
  kind: "input-unusable",
  track,
  reason: "The audio holds no samples.",
};
export const failedExplanation: Failure = {
  kind: "explanation-failed",
  id,
  attempts: 5,
  reason: "The gpu-worker could not be reached.",
};

/** What is answered where an explanation could not be computed. */
export const explanationFailed = {
  422: problem("the track or the model cannot be worked with; the detail says why", unusableInput),
  502: problem(
    "every attempt failed; the detail says why, the same POST starts it again",
    failedExplanation,
  ),
};
