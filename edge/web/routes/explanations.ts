import { createRoute, z } from "@hono/zod-openapi";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { Job } from "@lemons/shared/contract/job";
import { eventStreamExample, jobExample } from "@lemons/shared/contract/job.example";
import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { requireScope } from "../../access/require-scope.ts";
import { spendingOf } from "../../access/spend.ts";
import { IMMUTABLE, PRIVATE } from "../../base/http/cache-control.ts";
import {
  matchesEntityTag,
  preferenceApplied,
  preferredWaitSeconds,
} from "../../base/http/header-fields.ts";
import { requireJson } from "../../base/http/require-media-type.ts";
import {
  type Found,
  findJob,
  findUnstored,
  followJob,
  requestExplanation,
  resolveStandingById,
} from "../../work/explanations/find-explanation.ts";
import { findForReader } from "../../work/explanations/resolve-reader.ts";
import { resolveTask } from "../../work/explanations/resolve-task.ts";
import { serveStoredExplanation } from "../../work/explanations/serve-stored.ts";
import { eventStreamResponse } from "../../work/flight/event-stream.ts";
import { resolveReceiver } from "../../work/webhooks/receiver.ts";
import { limitBody } from "./check-request.ts";
import { createRouter } from "./create-app.ts";
import { conditional, explanationParams, noQuery, signedLink } from "./parameters.ts";
import { withHeaders } from "./response-headers.ts";
import {
  badRequest,
  explanationFailed,
  json,
  jsonProblems,
  linkRefusals,
  notModified,
  problem,
  refusals,
  refused,
  tooMuch,
  unknownExplanation,
  unknownListener,
  unknownTrack,
  unusableInput,
} from "./responses.ts";

const MAX_BODY_BYTES = 16 * 1024;
const POLL_SECONDS = 2;

const unknown = problem("no such explanation", unknownExplanation);
const unknownOrGone = problem(
  "no such explanation, or the explanation of the signed link was deleted",
  unknownExplanation,
  { kind: "link-leads-nowhere" },
);

/** Headers of every response of `POST /v1/explanations`. */
const postHeaders = [
  "Cache-Control",
  "Content-Location",
  "Preference-Applied",
  "RateLimit",
  "RateLimit-Policy",
] as const;

const postExplanation = createRoute({
  method: "post",
  path: "/v1/explanations",
  summary: "Explain why a track is recommended to a listener",
  description:
    "The same request has the same id, is computed once for any number of callers, and is stored. `Prefer: wait=20` waits up to 20 seconds for the result. All masks are counted unless the request says otherwise. After the first explanation of a track, others of it respond at once.",
  middleware: [requireScope("explain"), requireJson, limitBody(MAX_BODY_BYTES)] as const,
  request: {
    ...noQuery,
    headers: z.object({
      prefer: z
        .string()
        .optional()
        .describe("`wait=1` to `wait=20`, in seconds, or `respond-async`")
        .meta({ example: "wait=20" }),
    }),
    body: { required: true, content: { "application/json": { schema: ExplanationRequest } } },
  },
  responses: {
    200: json("the explanation", PublishedExplanation, explanationExample, ...postHeaders),
    202: json(
      "still computing; `Location` is the address of the result",
      Job,
      jobExample,
      ...postHeaders,
      "Location",
      "Retry-After",
    ),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("explain", { kind: "cost-over-budget", seconds: 812.4, budgetSeconds: 600 }),
    404: problem(
      "no such listener or track, or the listener has no model",
      unknownListener,
      unknownTrack,
      {
        kind: "no-model",
        listener: explanationExample.listener,
      },
    ),
    422: problem(
      "the track or the model can't be used, or the webhook answered 410 Gone; `detail` has the reason",
      unusableInput,
      { kind: "receiver-gone", until: "2026-11-25T21:52:26.070Z" },
    ),
    429: tooMuch(
      { kind: "budget-spent", seconds: 6.2, remainingSeconds: 2, retryAfter: 7658 },
      { kind: "too-many-webhooks", limit: 1000 },
    ),
    502: explanationFailed[502],
  },
});

const getExplanation = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}",
  summary: "Get an explanation",
  request: { params: explanationParams, ...signedLink, ...conditional },
  responses: {
    200: json(
      "the explanation; it never changes",
      PublishedExplanation,
      explanationExample,
      "Cache-Control",
      "ETag",
    ),
    202: json("still computing", Job, jobExample, "Cache-Control", "Location", "Retry-After"),
    304: notModified,
    400: badRequest,
    ...linkRefusals,
    404: unknownOrGone,
    ...explanationFailed,
  },
});

const getEvents = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/events",
  summary: "Stream the progress of an explanation",
  description:
    "Server-sent events named `job`, each with the whole Job as JSON. The stream ends when the job is done or failed. `Last-Event-ID` resumes it; 204 means that the client has seen the last event.",
  request: {
    params: explanationParams,
    ...noQuery,
    headers: z.object({
      "last-event-id": z
        .string()
        .optional()
        .describe("`id` of the last event received; browsers send it themselves")
        .meta({ example: "12" }),
    }),
  },
  responses: {
    200: {
      description: "events until the job ends",
      headers: withHeaders(["Cache-Control"]),
      content: { "text/event-stream": { schema: { type: "string" }, example: eventStreamExample } },
    },
    204: { description: "the client has seen the last event" },
    400: badRequest,
    ...refusals,
    404: unknown,
  },
});

const getJob = createRoute({
  method: "get",
  path: "/v1/jobs/{job}",
  summary: "Get the progress of an explanation",
  request: { params: z.object({ job: ExplanationId }), ...noQuery },
  responses: {
    200: json("the job; its id is the explanation's", Job, jobExample, "Cache-Control"),
    400: badRequest,
    ...refusals,
    404: unknown,
  },
});

export const explanationRoutes = createRouter()
  .openapi(postExplanation, async (c) => {
    const body = c.req.valid("json");
    const receiver = await resolveReceiver(c, body);
    const task = await resolveTask(c.env, body, c.get("caller"));
    const waitSeconds = preferredWaitSeconds(c.req.header("Prefer"));
    const waitMs = waitSeconds * 1000;
    const found = await requestExplanation(c.env, task, waitMs, spendingOf(c), receiver);
    const applied = preferenceApplied(c.req.header("Prefer"), "job" in found);
    if (applied !== null) c.header("Preference-Applied", applied);
    c.header("Cache-Control", "no-store");
    c.header("Content-Location", `/v1/explanations/${task.id}`);
    return "job" in found ? accepted(c, found) : c.json(found.explanation, 200);
  })
  .openapi(getExplanation, async (c) => {
    const { explanation: id } = c.req.valid("param");
    const { stored, reader } = await findForReader(c, id);
    const standing = await resolveStandingById(c.env, id, stored, reader);
    if (standing.kind === "stored") return serveStoredExplanation(c, standing.stored);
    const found = await findUnstored(c.env, id, standing, c.get("requestId"));
    if ("job" in found) {
      c.header("Cache-Control", "no-store");
      return accepted(c, found);
    }
    c.header("ETag", found.etag);
    c.header("Cache-Control", found.ownership.owner === null ? IMMUTABLE : PRIVATE);
    if (matchesEntityTag(c.req.header("If-None-Match"), found.etag)) return c.body(null, 304);
    return c.json(found.explanation, 200);
  })
  .openapi(getEvents, async (c) => {
    const { explanation: id } = c.req.valid("param");
    const events = await followJob(c.env, id, c.get("caller"), c.req.raw);
    if (events !== null) return events;
    const job = await findJob(c.env, id, c.get("caller"));
    return eventStreamResponse(`event: job\ndata: ${JSON.stringify(job)}\n\n`);
  })
  .openapi(getJob, async (c) => {
    const job = await findJob(c.env, c.req.valid("param").job, c.get("caller"));
    c.header("Cache-Control", "no-store");
    return c.json(job, 200);
  });

function accepted(c: Context<AppEnv>, { job }: Extract<Found, { job: Job }>) {
  c.header("Location", `/v1/explanations/${job.id}`);
  c.header("Retry-After", String(POLL_SECONDS));
  return c.json(job, 202);
}
