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
const notYet = { kind: "explanation-not-ready", id } as const;
/** Audio that is rendered when it is first asked for. */
const renderedAudio = {
  ...ranged("audio/mpeg"),
  400: badRequest,
  ...linkRefusals,
  422: explanationFailed[422],
  502: problem(
    "every attempt to compute the explanation, or to render this, failed; asking again starts anew",
    {
      kind: "audio-failed",
      id,
      attempts: 5,
      reason: "The gpu-worker could not be reached.",
    },
    failedExplanation,
  ),
  503: problem(
    "it is being rendered, or its explanation computed; `Retry-After` says when to ask again",
    { kind: "audio-not-ready", id },
    notYet,
  ),
};

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
    params: explanationParams.extend({ highlight: highlightName }),
    ...signedLink,
    ...conditionalRange,
  },
  responses: {
    ...renderedAudio,
    404: problem("no such explanation, or nothing in it speaks for the track", unknownExplanation, {
      kind: "missing-highlight",
      id,
      name: "top-3",
    }),
  },
});

const getStem = createRoute({
  method: "get",
  path: "/v1/explanations/{explanation}/stems/{source}",
  summary: "One source of what the model heard, as audio",
  description:
    "The sources of the track's snippet, at the track's own rate: files of one length that start together and add up to the snippet, but for the encoder's losses. Rendered once for all explanations of the sound, when first asked for; an answer may take as long as that, up to 25 seconds.",
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
  summary: "The response table behind an explanation",
  description:
    "What the model answers to every combination of the track's parts, seen through the listener's head: the `table.bin` of docs/storage.md, from which the score of any mask is a few additions.",
  request: { params: explanationParams, ...signedLink, ...conditional },
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
    ...explanationFailed,
    503: problem("its explanation is being computed; `Retry-After` says when to ask again", notYet),
  },
});

/** What belongs to an explanation: audio, and the table it was computed from. */
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
    const [{ stored, reader }, asked] = await Promise.all([
      findForReader(c, id),
      findTask(c.env.BUCKET, id),
    ]);
    if (stored !== null) await discard(stored);
    if (asked === null || !maySee(reader, ownershipOf(asked))) {
      throw new ProblemError({ kind: "unknown-explanation", id });
    }
    const stems = stemsTaskOf(asked);
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
    const found = await findForReader(c, id);
    const [stored, asked] = await Promise.all([
      requireFinished(c.env, id, found.stored, found.reader),
      findTask(c.env.BUCKET, id),
    ]);
    if (asked === null) throw new ProblemError({ kind: "unknown-explanation", id });
    const { record } = await findStoredTables(c.env.BUCKET, asked);
    if (record === null) throw new ProblemError({ kind: "missing-table", id });
    // The bytes follow from both addresses. A table of one type gives way to that of all.
    const etag = `"${id}.${record.id}"`;
    const lasting = record.id === asked.table?.id ? IMMUTABLE : "public, no-cache";
    const cacheControl = stored.ownership.owner === null ? lasting : PRIVATE;
    if (matchesEntityTag(c.req.header("If-None-Match"), etag)) {
      return c.body(null, 304, { ETag: etag, "Cache-Control": cacheControl });
    }
    const folded = await foldStoredTable(c.env, asked, record);
    if (folded === null) throw new ProblemError({ kind: "missing-table", id });
    return c.body(encodeTable(folded), 200, {
      "Content-Type": "application/octet-stream",
      "Cache-Control": cacheControl,
      ETag: etag,
    });
  });
