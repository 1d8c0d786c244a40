import type { Scope } from "@lemons/shared/contract/access";
import { uploadExample } from "@lemons/shared/contract/catalogue.example";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { Problem } from "@lemons/shared/contract/problem";
import type { z } from "zod";
import { type Failure, toProblem } from "../../base/problems/problem.ts";
import { RESPONSE_HEADERS, type ResponseHeader, withHeaders } from "./response-headers.ts";

/**
 * Describes an error response. The failures' own problem details and headers are the examples.
 *
 * @param failures failures with this status
 */
export const problem = (description: string, ...failures: [Failure, ...Failure[]]) => {
  const responses = failures.map((failure) =>
    toProblem(failure, RESPONSE_HEADERS["X-Request-Id"].example),
  );
  const headers = Object.keys(responses[0]!.headers) as ResponseHeader[];
  return {
    description,
    headers: withHeaders(
      headers.filter((name) => responses.every((response) => response.headers[name])),
    ),
    content: {
      "application/problem+json": {
        schema: Problem,
        examples: Object.fromEntries(
          responses.map(({ body }, index) => [
            failures[index]!.kind,
            { summary: body.title, value: body },
          ]),
        ),
      },
    },
  };
};

/** Describes a JSON response. */
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

/** Describes a binary response. */
export const binary = (description: string, mediaType: string, ...headers: ResponseHeader[]) => ({
  description,
  headers: withHeaders(headers),
  content: { [mediaType]: { schema: { type: "string" as const, format: "binary" } } },
});

/** Describes the responses with stored bytes: the whole file, one range, or not modified. */
export const ranged = (mediaType: string) => {
  const always = ["ETag", "Last-Modified", "Cache-Control", "Accept-Ranges"] as const;
  return {
    200: binary("the whole file", mediaType, ...always),
    206: binary("the requested range", mediaType, ...always, "Content-Range"),
    304: notModified,
    416: problem("the range is malformed or starts beyond the end of the file", {
      kind: "range-not-satisfiable",
      range: "bytes=900000-",
      size: 480_231,
    }),
  };
};

/** Describes the response to invalid parameters. */
export const badRequest = problem("a field is malformed or unknown; `errors` names it", {
  kind: "bad-request",
  errors: [{ field: "limt", message: "is not a field of the query" }],
});

/** Describes the responses to an invalid JSON body. */
export const jsonProblems = (limitBytes: number) => ({
  400: problem(
    "the body isn't JSON, or a field is malformed or unknown; `errors` names it",
    {
      kind: "bad-request",
      errors: [{ field: "listener", message: "Invalid input: expected string" }],
    },
    { kind: "malformed-json", reason: "Malformed JSON in request body" },
  ),
  413: problem("the body is too large", { kind: "body-too-large", limitBytes }),
  415: problem("the body isn't application/json", {
    kind: "unsupported-media-type",
    received: "text/plain",
    wanted: "application/json",
  }),
});

export const notModified = {
  description: "the caller's copy is current",
  headers: withHeaders(["ETag"]),
};

/**
 * Describes the responses to an invalid key and to a missing scope.
 *
 * @param failures other failures with status 403
 */
export const refused = (scope: Scope, ...failures: Failure[]) => ({
  401: problem(
    "the API key is missing or invalid; `WWW-Authenticate` has the details",
    { kind: "key-needed", scope },
    { kind: "key-refused", refusal: { why: "expired", at: "2026-11-01T00:00:00.000Z" } },
  ),
  403: problem(
    failures.length === 0
      ? "the API key lacks the scope that `detail` names"
      : "the API key lacks the scope that `detail` names, or a limit forbids the request",
    { kind: "missing-scope", scope },
    ...failures,
  ),
});

/** Describes the responses to callers without the scope `read`. */
export const refusals = refused("read");

/** Describes the responses to an invalid signed link, and to callers without the scope `read`. */
export const linkRefusals = {
  ...refused("read", {
    kind: "link-refused",
    reason: "Its signature doesn't match this explanation and expiry.",
  }),
  410: problem("the signed link has expired", {
    kind: "link-expired",
    at: "2026-12-01T00:00:00.000Z",
  }),
};

/**
 * Describes the response to too many requests.
 *
 * @param failures other failures with status 429
 */
export const tooMuch = (...failures: Failure[]) =>
  problem(
    failures.length === 0
      ? "too many requests; `Retry-After` says when to retry"
      : "too many requests, or a limit is used up; `Retry-After` says when to retry",
    { kind: "too-many-requests", seconds: 10 },
    ...failures,
  );

/** Example failures of several routes. */
export const unknownTrack: Failure = { kind: "unknown-track", id: "wesnoth-battle-epik" };
export const unknownListener: Failure = { kind: "unknown-listener", id: "elsa" };
export const undecodable: Failure = {
  kind: "input-unusable",
  track: uploadExample.id,
  reason: "The file is truncated: it announces more bytes than it has.",
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

/** Describes the responses if an explanation can't be computed. */
export const explanationFailed = {
  422: problem("the track or the model can't be used; `detail` has the reason", unusableInput),
  502: problem(
    "every attempt failed; `detail` has the reason, and the same POST starts it again",
    failedExplanation,
  ),
};
