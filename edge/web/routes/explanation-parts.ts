import { createRoute, z } from "@hono/zod-openapi";
import { Highlight } from "@lemons/shared/contract/explanation";
import { explanationExample } from "@lemons/shared/contract/explanation.example";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import { maySee } from "../../access/caller.ts";
import { IMMUTABLE, PRIVATE } from "../../base/http/cache-control.ts";
import { matchesEntityTag } from "../../base/http/header-fields.ts";
import { serveObject } from "../../base/http/serve-object.ts";
import { highlightKey, renderedStemKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { foldStoredTable } from "../../work/explanations/explain-from-table.ts";
import { discard, findTask } from "../../work/explanations/explanation-store.ts";
import { ownershipOf } from "../../work/explanations/explanation-task.ts";
import { requireFinished } from "../../work/explanations/find-explanation.ts";
import { awaitRendering } from "../../work/explanations/render-job.ts";
import { findForReader } from "../../work/explanations/resolve-reader.ts";
import { awaitStems, stemsTaskOf } from "../../work/stems/stems-job.ts";
import { findStoredTables } from "../../work/tables/table-store.ts";
import { createRouter } from "./create-app.ts";
import { conditional, conditionalRange, explanationParams, signedLink } from "./parameters.ts";
import {
  badRequest,
  binary,
  explanationFailed,
  failedExplanation,
  linkRefusals,
  notModified,
  problem,
  ranged,
  unknownExplanation,
} from "./responses.ts";

const RENDER_WAIT_MS = 25_000;

const { id } = explanationExample;
const notReady = { kind: "explanation-not-ready", id } as const;
/** Responses with audio that is rendered on the first request. */
const renderedAudio = {
  ...ranged("audio/mpeg"),
  400: badRequest,
  ...linkRefusals,
  422: explanationFailed[422],
  502: problem(
    "computing the explanation or rendering the audio failed; another request starts it again",
    {
      kind: "audio-failed",
      id,
      attempts: 5,
      reason: "The gpu-worker could not be reached.",
    },
    failedExplanation,
  ),
  503: problem(
    "still rendering, or still computing the explanation; `Retry-After` says when to retry",
    { kind: "audio-not-ready", id },
    notReady,
  ),
};

/** The name of a highlight, with or without the extension: `top-1` or `top-1.mp3`. */
const highlightName = z
  .string()
  .transform((name) => name.replace(/\.mp3$/, ""))
  .pipe(Highlight.shape.name)
  .meta({
    example: "top-1",
    type: "string",
    enum: Highlight.shape.name.options.flatMap((name) => [name, `${name}.mp3`]),
  });

/** The name of a source, with or without the extension: `drums` or `drums.mp3`. */
const stemName = z
  .string()
  .transform((name) => name.replace(/\.mp3$/, ""))
  .pipe(SourceName)
  .meta({ example: "drums", type: "string", pattern: "^[a-z0-9][a-z0-9_-]{0,31}(?:\\.mp3)?$" });

const getHighlight = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/audio/{highlight}",
  summary: "Get the audio of a highlight",
  description:
    "Rendered once, with the explanation or on the first request, which can take up to 25 seconds.",
  request: {
    params: explanationParams.extend({ highlight: highlightName }),
    ...signedLink,
    ...conditionalRange,
  },
  responses: {
    ...renderedAudio,
    404: problem("no such explanation, or none of its parts help", unknownExplanation, {
      kind: "missing-highlight",
      id,
      name: "top-3",
    }),
  },
});

const getStem = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/stems/{source}",
  summary: "Get the audio of one source",
  description:
    "All sources of a snippet have the same start, length and sample rate, and add up to the snippet except for encoding losses. Rendered once for all explanations of the track, on the first request, which can take up to 25 seconds.",
  request: {
    params: explanationParams.extend({ source: stemName }),
    ...signedLink,
    ...conditionalRange,
  },
  responses: {
    ...renderedAudio,
    404: problem("no such explanation, or it has no such source", unknownExplanation, {
      kind: "missing-stem",
      id,
      source: "flute",
      sources: ["vocals", "piano", "drums", "bass", "other"],
    }),
  },
});

const getTable = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/table",
  summary: "Get the response table of an explanation",
  description:
    "The model's responses to every combination of the track's parts, through the listener's head, as the `table.bin` of docs/storage.md. The score of any mask is the sum of a few of its entries.",
  request: { params: explanationParams, ...signedLink, ...conditional },
  responses: {
    200: binary(
      "the folded table of time × source, which never changes; until that exists, the table of one type",
      "application/octet-stream",
      "Cache-Control",
      "ETag",
    ),
    304: notModified,
    400: badRequest,
    ...linkRefusals,
    404: problem("no such explanation, or it was computed from sampled masks", unknownExplanation, {
      kind: "missing-table",
      id,
    }),
    ...explanationFailed,
    503: problem("still computing the explanation; `Retry-After` says when to retry", notReady),
  },
});

/** Routes for the audio and the response table of an explanation. */
export const explanationPartRoutes = createRouter()
  .openapi(getHighlight, async (c) => {
    const { explanation: id, highlight: name } = c.req.valid("param");
    const found = await findForReader(c, id);
    const stored = await requireFinished(c.env, id, found.stored, found.reader);
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
      cacheControl: stored.ownership.owner === null ? IMMUTABLE : PRIVATE,
    });
  })
  .openapi(getStem, async (c) => {
    const { explanation: id, source } = c.req.valid("param");
    const [{ stored, reader }, task] = await Promise.all([
      findForReader(c, id),
      findTask(c.env.BUCKET, id),
    ]);
    if (stored !== null) await discard(stored);
    if (task === null || !maySee(reader, ownershipOf(task))) {
      throw new ProblemError({ kind: "unknown-explanation", id });
    }
    const stems = stemsTaskOf(task);
    if (!stems?.sources.includes(source)) {
      const sources = stems?.sources ?? [];
      throw new ProblemError({ kind: "missing-stem", id, source, sources });
    }
    await awaitStems(c.env, stems, task, RENDER_WAIT_MS, c.get("requestId"));
    return serveObject(c, {
      key: renderedStemKey(stems.id, source),
      contentType: "audio/mpeg",
      cacheControl: task.owner === null ? IMMUTABLE : PRIVATE,
    });
  })
  .openapi(getTable, async (c) => {
    const { explanation: id } = c.req.valid("param");
    const found = await findForReader(c, id);
    const [stored, task] = await Promise.all([
      requireFinished(c.env, id, found.stored, found.reader),
      findTask(c.env.BUCKET, id),
    ]);
    if (task === null) throw new ProblemError({ kind: "unknown-explanation", id });
    const { record } = await findStoredTables(c.env.BUCKET, task);
    if (record === null) throw new ProblemError({ kind: "missing-table", id });
    // Both ids determine the bytes. A table of one type is replaced once the table of all types exists.
    const etag = `"${id}.${record.id}"`;
    const publicCache = record.id === task.table?.id ? IMMUTABLE : "public, no-cache";
    const cacheControl = stored.ownership.owner === null ? publicCache : PRIVATE;
    if (matchesEntityTag(c.req.header("If-None-Match"), etag)) {
      return c.body(null, 304, { ETag: etag, "Cache-Control": cacheControl });
    }
    const table = await foldStoredTable(c.env, task, record);
    if (table === null) throw new ProblemError({ kind: "missing-table", id });
    return c.body(encodeTable(table), 200, {
      "Content-Type": "application/octet-stream",
      "Cache-Control": cacheControl,
      ETag: etag,
    });
  });
