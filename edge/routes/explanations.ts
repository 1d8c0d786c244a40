import { createRoute, z } from "@hono/zod-openapi";
import { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { ExplanationRequest, SourceName } from "@lemons/shared/contract/explanation-request";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { Job } from "@lemons/shared/contract/job";
import { eventStreamExample, jobExample } from "@lemons/shared/contract/job.example";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { maySee } from "../access/caller.ts";
import { requireScope } from "../access/require-scope.ts";
import { spendingOf } from "../access/spend.ts";
import { highlightKey, renderedStemKey } from "../catalogue/object-keys.ts";
import { belongingOf } from "../explanations/asked.ts";
import {
  checkVisible,
  explain,
  type Found,
  findExplanationOrJob,
  findJob,
  findVisibleExplanation,
  jobOf,
} from "../explanations/find.ts";
import { foldedTableOf } from "../explanations/from-table.ts";
import { resolveQuestion } from "../explanations/identity.ts";
import { serveStoredExplanation } from "../explanations/serve-stored.ts";
import { findQuestion } from "../explanations/store.ts";
import type { AppEnv } from "../http/app-env.ts";
import { matchesEntityTag } from "../http/entity-tag.ts";
import { preferenceApplied, preferredWaitSeconds } from "../http/prefer.ts";
import { requireJson } from "../http/require-media-type.ts";
import { IMMUTABLE, PRIVATE, serveObject } from "../http/serve-object.ts";
import { eventStreamResponse } from "../jobs/job-events.ts";
import { type Failure, ProblemError } from "../problems/problem.ts";
import { awaitRendering } from "../renders/render-job.ts";
import { readerOf } from "../sharing/reader.ts";
import { stemsOf } from "../stems/asked-stems.ts";
import { awaitStems } from "../stems/stems-job.ts";
import { tableAtHand } from "../tables/table-at-hand.ts";
import { askedReceiver } from "../webhooks/receiver.ts";
import { createRouter } from "./create-app.ts";
import { conditional, conditionalRange, noQuery, signedLink } from "./parameters.ts";
import { withHeaders } from "./response-headers.ts";
import {
  badRequest,
  binary,
  json,
  jsonProblems,
  linkRefusals,
  notModified,
  problem,
  ranged,
  refusals,
  refused,
  tooMuch,
  unknownListener,
  unknownTrack,
} from "./responses.ts";

const MAX_BODY_BYTES = 16 * 1024;
const POLL_SECONDS = 2;
const RENDER_WAIT_MS = 25_000;

const params = z.object({ explanation: ExplanationId });
const id = explanationExample.id;
const failed = problem("every attempt failed; the detail says why, the same POST starts it again", {
  kind: "explanation-failed",
  id,
  attempts: 5,
  reason: "The gpu-worker could not be reached.",
});
const inputUnusable: Failure = {
  kind: "input-unusable",
  track: explanationExample.track,
  reason: "The audio holds no samples.",
};
const unusable = problem(
  "the track or the model cannot be worked with; the detail says why",
  inputUnusable,
);
const unknownExplanation: Failure = { kind: "unknown-explanation", id };
const unknown = problem("nobody has asked for this explanation", unknownExplanation);
const unknownOrGone = problem(
  "nobody has asked for this explanation, or what the signed link showed is gone",
  unknownExplanation,
  { kind: "link-leads-nowhere" },
);
const renderFailed = problem("every attempt to render it failed; asking again starts anew", {
  kind: "audio-failed",
  id,
  attempts: 5,
  reason: "The gpu-worker could not be reached.",
});
const rendering = problem("it is being rendered; `Retry-After` says when to ask again", {
  kind: "audio-not-ready",
  id,
});

/** What every answer of `POST /v1/explanations` has. */
const answered = [
  "Cache-Control",
  "Content-Location",
  "Preference-Applied",
  "RateLimit",
  "RateLimit-Policy",
] as const;

const postExplanation = createRoute({
  method: "post",
  path: "/v1/explanations",
  summary: "Ask why a track is recommended to a listener",
  description:
    "The same question has the same id, is computed once however many ask, and is kept. `Prefer: wait=20` holds the answer for up to 20 seconds. Every mask is counted unless the question says otherwise; once that has been done for the track, other questions about it are answered at once.",
  middleware: [
    requireScope("explain"),
    requireJson,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new ProblemError({ kind: "body-too-large", limitBytes: MAX_BODY_BYTES });
      },
    }),
  ] as const,
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
    200: json("the explanation", PublishedExplanation, explanationExample, ...answered),
    202: json(
      "it is being computed; `Location` names where it will be",
      Job,
      jobExample,
      ...answered,
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
      "the track or the model cannot be worked with, or the webhook does not want to be called; the detail says why",
      inputUnusable,
      { kind: "receiver-gone", until: "2026-11-25T21:52:26.070Z" },
    ),
    429: tooMuch(
      { kind: "budget-spent", seconds: 6.2, remainingSeconds: 2, retryAfter: 7658 },
      { kind: "too-many-webhooks", limit: 1000 },
    ),
    502: failed,
  },
});

const getExplanation = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}",
  summary: "An explanation",
  request: { params, ...signedLink, ...conditional },
  responses: {
    200: json(
      "the explanation; it never changes",
      PublishedExplanation,
      explanationExample,
      "Cache-Control",
      "ETag",
    ),
    202: json("it is being computed", Job, jobExample, "Cache-Control", "Location", "Retry-After"),
    304: notModified,
    400: badRequest,
    ...linkRefusals,
    404: unknownOrGone,
    422: unusable,
    502: failed,
  },
});

const getEvents = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/events",
  summary: "The progress of an explanation, live",
  description:
    "Server-sent events called `job`; each carries the whole Job as JSON. The stream ends when the job is done or failed. With `Last-Event-ID` it goes on from there; 204 means that the end has been seen.",
  request: {
    params,
    ...noQuery,
    headers: z.object({
      "last-event-id": z
        .string()
        .optional()
        .describe("`id` of the last event that was seen; browsers send it by themselves")
        .meta({ example: "12" }),
    }),
  },
  responses: {
    200: {
      description: "events until the job ends",
      headers: withHeaders(["Cache-Control"]),
      content: { "text/event-stream": { schema: { type: "string" }, example: eventStreamExample } },
    },
    204: { description: "the reader has seen the last event" },
    400: badRequest,
    ...refusals,
    404: unknown,
  },
});

/** A highlight by its name or by its file's: `top-1` and `top-1.mp3` are the same sound. */
const highlightName = z
  .string()
  .transform((name) => name.replace(/\.mp3$/, ""))
  .pipe(Highlight.shape.name)
  .meta({
    example: "top-1",
    type: "string",
    enum: Highlight.shape.name.options.flatMap((name) => [name, `${name}.mp3`]),
  });

/** A source by its name or by its file's: `drums` and `drums.mp3` are the same sound. */
const stemName = z
  .string()
  .transform((name) => name.replace(/\.mp3$/, ""))
  .pipe(SourceName)
  .meta({ example: "drums", type: "string", pattern: "^[a-z0-9][a-z0-9_-]{0,31}(?:\\.mp3)?$" });

const getHighlight = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/audio/{highlight}",
  summary: "A highlight as audio, whole or one range of it",
  description:
    "Rendered once, when the explanation is computed or first asked for; an answer may take as long as that, up to 25 seconds.",
  request: {
    params: params.extend({ highlight: highlightName }),
    ...signedLink,
    ...conditionalRange,
  },
  responses: {
    ...ranged("audio/mpeg"),
    400: badRequest,
    ...linkRefusals,
    404: problem("no such explanation, or nothing in it speaks for the track", unknownExplanation, {
      kind: "missing-highlight",
      id,
      name: "top-3",
    }),
    422: unusable,
    502: renderFailed,
    503: rendering,
  },
});

const getStem = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/stems/{source}",
  summary: "One source of what the model heard, as audio",
  description:
    "The sources of the track's snippet, at the track's own rate: files of one length that start together and add up to the snippet, but for the encoder's losses. Rendered once for all explanations of the sound, when first asked for; an answer may take as long as that, up to 25 seconds.",
  request: {
    params: params.extend({ source: stemName }),
    ...signedLink,
    ...conditionalRange,
  },
  responses: {
    ...ranged("audio/mpeg"),
    400: badRequest,
    ...linkRefusals,
    404: problem("no such explanation, or it has no such source", unknownExplanation, {
      kind: "missing-stem",
      id,
      source: "flute",
      sources: ["vocals", "piano", "drums", "bass", "other"],
    }),
    422: unusable,
    502: renderFailed,
    503: rendering,
  },
});

const getTable = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/table",
  summary: "The response table behind an explanation",
  description:
    "What the model answers to every combination of the track's parts, seen through the listener's head: the `table.bin` of docs/storage.md, from which the score of any mask is a few additions.",
  request: { params, ...signedLink, ...conditional },
  responses: {
    200: binary(
      "the folded table: of time x source, which never changes; of one type alone until that is there",
      "application/octet-stream",
      "Cache-Control",
      "ETag",
    ),
    304: notModified,
    400: badRequest,
    ...linkRefusals,
    404: problem("no such explanation, or it was computed from drawn masks", unknownExplanation, {
      kind: "missing-table",
      id,
    }),
  },
});

export const explanationRoutes = createRouter()
  .openapi(postExplanation, async (c) => {
    const body = c.req.valid("json");
    const receiver = await askedReceiver(c, body);
    const asked = await resolveQuestion(c.env.DB, body, c.get("caller"));
    const waitSeconds = preferredWaitSeconds(c.req.header("Prefer"));
    const found = await explain(c.env, asked, waitSeconds * 1000, spendingOf(c), receiver);
    const applied = preferenceApplied(c.req.header("Prefer"), "job" in found);
    if (applied !== null) c.header("Preference-Applied", applied);
    c.header("Cache-Control", "no-store");
    c.header("Content-Location", `/v1/explanations/${asked.id}`);
    return "job" in found ? accepted(c, found) : c.json(found.explanation, 200);
  })
  .openapi(getExplanation, async (c) => {
    const { explanation: id } = c.req.valid("param");
    const caller = await readerOf(c, id);
    const served = await serveStoredExplanation(c, id, caller);
    if (served !== null) return served;
    const found = await findExplanationOrJob(c.env, id, { caller, requestId: c.get("requestId") });
    if ("job" in found) {
      c.header("Cache-Control", "no-store");
      return accepted(c, found);
    }
    c.header("ETag", found.etag);
    c.header("Cache-Control", found.belonging.owner === null ? IMMUTABLE : PRIVATE);
    if (matchesEntityTag(c.req.header("If-None-Match"), found.etag)) return c.body(null, 304);
    return c.json(found.explanation, 200);
  })
  .openapi(getEvents, async (c) => {
    const { explanation: id } = c.req.valid("param");
    await checkVisible(c.env, id, c.get("caller"));
    const events = await jobOf(c.env, id).fetch(c.req.raw);
    if (events.status !== 404) return events;
    const job = await findJob(c.env, id, c.get("caller"));
    return eventStreamResponse(`event: job\ndata: ${JSON.stringify(job)}\n\n`);
  })
  .openapi(getHighlight, async (c) => {
    const { explanation: id, highlight: name } = c.req.valid("param");
    const stored = await findVisibleExplanation(c.env, id, await readerOf(c, id));
    if (stored === null) throw new ProblemError({ kind: "unknown-explanation", id });
    const highlight = stored.explanation.highlights.find((h) => h.name === name);
    if (!highlight || highlight.file === null) {
      throw new ProblemError({ kind: "missing-highlight", id, name });
    }
    if (highlight.audio === null) {
      await awaitRendering(c.env, stored.explanation, RENDER_WAIT_MS, c.get("requestId"));
    }
    return serveObject(c, {
      key: highlightKey(id, name),
      contentType: "audio/mpeg",
      cacheControl: stored.belonging.owner === null ? IMMUTABLE : PRIVATE,
    });
  })
  .openapi(getStem, async (c) => {
    const { explanation: id, source } = c.req.valid("param");
    const reader = await readerOf(c, id);
    const asked = await findQuestion(c.env.BUCKET, id);
    if (asked === null || !maySee(reader, belongingOf(asked))) {
      throw new ProblemError({ kind: "unknown-explanation", id });
    }
    const stems = stemsOf(asked);
    if (!stems?.sources.includes(source)) {
      const sources = stems?.sources ?? [];
      throw new ProblemError({ kind: "missing-stem", id, source, sources });
    }
    await awaitStems(c.env, stems, asked, RENDER_WAIT_MS, c.get("requestId"));
    return serveObject(c, {
      key: renderedStemKey(stems.id, source),
      contentType: "audio/mpeg",
      cacheControl: asked.owner === null ? IMMUTABLE : PRIVATE,
    });
  })
  .openapi(getTable, async (c) => {
    const { explanation: id } = c.req.valid("param");
    const reader = await readerOf(c, id);
    const [stored, asked] = await Promise.all([
      findVisibleExplanation(c.env, id, reader),
      findQuestion(c.env.BUCKET, id),
    ]);
    if (stored === null || asked === null) {
      throw new ProblemError({ kind: "unknown-explanation", id });
    }
    const record = await tableAtHand(c.env.BUCKET, asked);
    if (record === null) throw new ProblemError({ kind: "missing-table", id });
    // The bytes follow from both addresses. A table of one type gives way to that of all.
    const etag = `"${id}.${record.id}"`;
    const lasting = record.id === asked.table?.id ? IMMUTABLE : "public, no-cache";
    const cacheControl = stored.belonging.owner === null ? lasting : PRIVATE;
    if (matchesEntityTag(c.req.header("If-None-Match"), etag)) {
      return c.body(null, 304, { ETag: etag, "Cache-Control": cacheControl });
    }
    const answer = await foldedTableOf(c.env, asked);
    if (answer === null) throw new ProblemError({ kind: "missing-table", id });
    return c.body(encodeTable(answer.folded), 200, {
      "Content-Type": "application/octet-stream",
      "Cache-Control": cacheControl,
      ETag: etag,
    });
  });

function accepted(c: Context<AppEnv>, { job }: Extract<Found, { job: Job }>) {
  c.header("Location", `/v1/explanations/${job.id}`);
  c.header("Retry-After", String(POLL_SECONDS));
  return c.json(job, 202);
}
