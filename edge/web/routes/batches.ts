import { createRoute, z } from "@hono/zod-openapi";
import {
  Batch,
  BatchFailureList,
  BatchId,
  BatchList,
  BatchRequest,
  DEFAULT_BATCHES,
  DEFAULT_FAILURES,
  MAX_BATCHES,
  MAX_FAILURES,
} from "@lemons/shared/contract/batch";
import {
  batchExample,
  batchFailureListExample,
  batchListExample,
  cancelledBatchExample,
  startedBatchExample,
} from "@lemons/shared/contract/batch.example";
import { readCursor, writeCursor } from "../../base/http/cursor.ts";
import { requireJson } from "../../base/http/require-media-type.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { BatchPlace, findBatch, listBatches, listFailures } from "../../batch/batches.ts";
import { cancelBatch, checkRequest, createBatch, retryBatch } from "../../batch/change-batch.ts";
import { admin, limitBody, security } from "./check-request.ts";
import { createRouter } from "./create-app.ts";
import { noQuery, pageQuery } from "./parameters.ts";
import {
  badRequest,
  json,
  jsonProblems,
  problem,
  refused,
  tooMuch,
  unknownListener,
  unknownTrack,
} from "./responses.ts";

/** Fits the longest lists of the longest names. */
const MAX_BODY_BYTES = 160 * 1024;

const params = z.object({ batch: BatchId });
const unknown = problem("no such batch", { kind: "unknown-batch", id: "nightly-2026-11-31" });

const postBatch = createRoute({
  method: "post",
  path: "/v1/batches",
  summary: "Start a batch",
  description:
    "Computes what is missing for the current versions: scores, then response tables, then explanations. A batch for the whole catalogue starts every night.",
  security,
  middleware: [...admin, requireJson, limitBody(MAX_BODY_BYTES)],
  request: {
    ...noQuery,
    body: { required: true, content: { "application/json": { schema: BatchRequest } } },
  },
  responses: {
    202: json(
      "started; `Location` is the address of its progress",
      Batch,
      startedBatchExample,
      "Cache-Control",
      "Location",
    ),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("admin"),
    429: tooMuch(),
    404: problem("no such listener or track", unknownListener, unknownTrack),
  },
});

const getBatches = createRoute({
  method: "get",
  path: "/v1/batches",
  summary: "List batches, newest first",
  security,
  middleware: [...admin],
  request: {
    query: pageQuery(DEFAULT_BATCHES, MAX_BATCHES, [batchExample.createdAt, batchExample.id]),
  },
  responses: {
    200: json("a page of batches", BatchList, batchListExample, "Cache-Control"),
    400: badRequest,
    ...refused("admin"),
  },
});

const getBatch = createRoute({
  method: "get",
  path: "/v1/batches/{batch}",
  summary: "Get the progress of a batch",
  security,
  middleware: [...admin],
  request: { params, ...noQuery },
  responses: {
    200: json("the batch", Batch, batchExample, "Cache-Control"),
    400: badRequest,
    ...refused("admin"),
    404: unknown,
  },
});

const getFailures = createRoute({
  method: "get",
  path: "/v1/batches/{batch}/failures",
  summary: "List the failures of a batch",
  security,
  middleware: [...admin],
  request: {
    params,
    query: pageQuery(DEFAULT_FAILURES, MAX_FAILURES, "0f343b0931126a20f133d67c2b018a3b"),
  },
  responses: {
    200: json("a page of failures", BatchFailureList, batchFailureListExample, "Cache-Control"),
    400: badRequest,
    ...refused("admin"),
    404: unknown,
  },
});

/** Responses to a change of a batch. */
const changed = (example: Batch) => ({
  200: json("the batch", Batch, example, "Cache-Control"),
  400: badRequest,
  ...refused("admin"),
  404: unknown,
  429: tooMuch(),
});

const retry = createRoute({
  method: "post",
  path: "/v1/batches/{batch}/retry",
  summary: "Retry the failures of a batch",
  description: "Changes nothing if the batch has no failures.",
  security,
  middleware: [...admin],
  request: { params, ...noQuery },
  responses: changed(batchExample),
});

const cancel = createRoute({
  method: "post",
  path: "/v1/batches/{batch}/cancel",
  summary: "Cancel the remaining items of a batch",
  description:
    "Items that the gpu-worker is computing continue, since other callers may wait for them. Changes nothing if the batch has ended.",
  security,
  middleware: [...admin],
  request: { params, ...noQuery },
  responses: changed(cancelledBatchExample),
});

export const batchRoutes = createRouter()
  .openapi(postBatch, async (c) => {
    const request = c.req.valid("json");
    await checkRequest(c.env.DB, request);
    const id = newBatchId(new Date());
    await createBatch(c.env, { id, origin: "request", request });
    c.header("Location", `/v1/batches/${id}`);
    return c.json(await loadBatch(c.env.DB, id), 202);
  })
  .openapi(getBatches, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const after = cursor === undefined ? undefined : readCursor(cursor, BatchPlace);
    const found = await listBatches(c.env.DB, { limit: limit + 1, after });
    const batches = found.slice(0, limit);
    const last = batches.at(-1);
    const nextCursor = found.length > limit && last ? writeCursor([last.createdAt, last.id]) : null;
    return c.json({ batches, nextCursor }, 200);
  })
  .openapi(getBatch, async (c) =>
    c.json(await loadBatch(c.env.DB, c.req.valid("param").batch), 200),
  )
  .openapi(getFailures, async (c) => {
    const { batch } = c.req.valid("param");
    const { limit, cursor } = c.req.valid("query");
    await loadBatch(c.env.DB, batch);
    const after = cursor === undefined ? undefined : readCursor(cursor, z.string());
    const found = await listFailures(c.env.DB, batch, { limit: limit + 1, after });
    const failures = found.slice(0, limit);
    const last = failures.at(-1);
    const nextCursor = found.length > limit && last ? writeCursor(last.item) : null;
    return c.json({ failures, nextCursor }, 200);
  })
  .openapi(retry, async (c) => {
    const { batch } = c.req.valid("param");
    await loadBatch(c.env.DB, batch);
    await retryBatch(c.env, batch);
    return c.json(await loadBatch(c.env.DB, batch), 200);
  })
  .openapi(cancel, async (c) => {
    const { batch } = c.req.valid("param");
    await loadBatch(c.env.DB, batch);
    await cancelBatch(c.env, batch);
    return c.json(await loadBatch(c.env.DB, batch), 200);
  });

async function loadBatch(db: D1Database, id: BatchId): Promise<Batch> {
  const batch = await findBatch(db, id);
  if (batch === null) throw new ProblemError({ kind: "unknown-batch", id });
  return batch;
}

/** Sorts before the ids of nightly batches, so that requested batches come first. */
function newBatchId(now: Date): BatchId {
  const time = now.toISOString().slice(0, 19).replaceAll(":", "").toLowerCase();
  return BatchId.parse(`asked-${time}-${crypto.randomUUID().slice(0, 8)}`);
}
