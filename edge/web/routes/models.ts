import { createRoute, z } from "@hono/zod-openapi";
import {
  fittedHeadExample,
  modelListExample,
  modelsExample,
} from "@lemons/shared/contract/catalogue.example";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import {
  ActivatedModels,
  ActivateRequest,
  DEFAULT_MODELS,
  FittedHead,
  HeadRequest,
  MAX_MODELS,
  ModelList,
  PublishedModels,
} from "@lemons/shared/contract/model";
import { chargePayer, releasePayer } from "../../access/payer.ts";
import { FITTING_SECONDS } from "../../access/price.ts";
import { requireKey } from "../../access/require-scope.ts";
import { spendingOf } from "../../access/spend.ts";
import { readCursor, writeCursor } from "../../base/http/cursor.ts";
import { requireJson, requireMediaType } from "../../base/http/require-media-type.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findListenerToChange } from "../../catalogue/change-listeners.ts";
import { publishModels } from "../../catalogue/models/publish.ts";
import { MAX_PUBLISHED_BYTES, readPublished } from "../../catalogue/models/published-files.ts";
import { activateModels, listModels, ModelPlace } from "../../catalogue/published-models.ts";
import { fitListenerHead } from "../../work/heads/fit-listener-head.ts";
import { ensureScoring } from "../../work/scoring/ensure-scoring.ts";
import { admin, limitBody, noStore, security } from "./check-request.ts";
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
} from "./responses.ts";

const MAX_BODY_BYTES = 4 * 1024;

const jsonBody = [requireJson, limitBody(MAX_BODY_BYTES)] as const;

const getModels = createRoute({
  method: "get",
  path: "/v1/models",
  summary: "List published models",
  security,
  middleware: [...admin],
  request: {
    query: pageQuery(DEFAULT_MODELS, MAX_MODELS, ["demo-ilse", 0] satisfies z.input<
      typeof ModelPlace
    >),
  },
  responses: {
    200: json("a page of models", ModelList, modelListExample, "Cache-Control"),
    400: badRequest,
    ...refused("admin"),
  },
});

/** A file of the package. */
const file = z.instanceof(File).openapi({ type: "string", format: "binary" });

const postModels = createRoute({
  method: "post",
  path: "/v1/models",
  summary: "Publish a package of models",
  description:
    "Either `model.json` and `model.onnx`, or `model.json`, `encoder.onnx` and `heads.safetensors`. The files must match the hashes in the manifest. The gpu-worker reads, checks and runs the model before it is listed. Activate it to use it. Publishing the same package again changes nothing.",
  security,
  middleware: [...admin, requireMediaType("multipart/form-data"), limitBody(MAX_PUBLISHED_BYTES)],
  request: {
    ...noQuery,
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: z.strictObject({
            "model.json": file,
            "model.onnx": file.optional(),
            "encoder.onnx": file.optional(),
            "heads.safetensors": file.optional(),
          }),
        },
      },
    },
  },
  responses: {
    201: json("the published models", PublishedModels, modelsExample, "Cache-Control"),
    400: problem("a part is missing, malformed, or doesn't match the manifest; `errors` names it", {
      kind: "bad-request",
      errors: [{ field: "encoder.onnx", message: "doesn't match the version in model.json" }],
    }),
    ...refused("admin"),
    429: tooMuch(),
    413: problem("the package is too large", {
      kind: "body-too-large",
      limitBytes: MAX_PUBLISHED_BYTES,
    }),
    415: problem("the body isn't multipart/form-data", {
      kind: "unsupported-media-type",
      received: "application/json",
      wanted: "multipart/form-data",
    }),
    422: problem("the model can't be used; `detail` has the reason", {
      kind: "model-refused",
      reason: "the graph has an unsupported operator",
    }),
    503: problem("the gpu-worker is unavailable; `Retry-After` says when to retry", {
      kind: "worker-away",
      reason: "The gpu-worker could not be reached.",
      retryAfter: 10,
    }),
  },
});

const postActivate = createRoute({
  method: "post",
  path: "/v1/models/{model}/activate",
  summary: "Activate a published model",
  description:
    "Replaces the listener's active model. The id of a shared-encoder package activates all of its heads. Explanations under the previous model stay.",
  security,
  middleware: [...admin, ...jsonBody],
  request: {
    params: z.object({ model: ModelId }),
    body: { required: true, content: { "application/json": { schema: ActivateRequest } } },
  },
  responses: {
    200: json("the active models", ActivatedModels, modelsExample, "Cache-Control"),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("admin"),
    429: tooMuch(),
    404: problem("no such model", { kind: "unknown-model", id: "demo-elsa" }),
  },
});

const postHead = createRoute({
  method: "post",
  path: "/v1/listeners/{listener}/head",
  summary: "Fit a listener's model on the listener's history",
  description:
    "Fits a head for an active encoder on the stored features of tracks, and activates it. Takes seconds and needs no gpu-worker. Only this listener's scores and explanations become stale, and new explanations are read from the stored response tables.",
  security,
  middleware: [requireKey("upload"), noStore, ...jsonBody],
  request: {
    params: z.object({ listener: ListenerId }),
    body: { required: true, content: { "application/json": { schema: HeadRequest } } },
  },
  responses: {
    201: json("the active head", FittedHead, fittedHeadExample, "Cache-Control"),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("upload", {
      kind: "cost-over-budget",
      seconds: FITTING_SECONDS,
      budgetSeconds: 1,
    }),
    429: tooMuch({
      kind: "budget-spent",
      seconds: FITTING_SECONDS,
      remainingSeconds: 1,
      retryAfter: 7658,
    }),
    404: problem("no such listener or package", unknownListener, {
      kind: "unknown-model",
      id: "shard",
    }),
    409: problem("there is no history to fit on, or no encoder; `detail` says which", {
      kind: "head-not-fittable",
      reason: "the listener has listened to no track whose features are stored",
    }),
  },
});

export const modelRoutes = createRouter()
  .openapi(getModels, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const after = cursor === undefined ? undefined : readCursor(cursor, ModelPlace);
    const found = await listModels(c.env.DB, { limit: limit + 1, after });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = found.length > limit && last ? writeCursor(last.place) : null;
    return c.json({ models: page.map(({ model }) => model), nextCursor }, 200);
  })
  .openapi(postModels, async (c) => {
    const published = await readPublished(c.req.valid("form"));
    const models = await publishModels(c.env, published, c.get("requestId"));
    return c.json({ models }, 201);
  })
  .openapi(postActivate, async (c) => {
    const { model: id } = c.req.valid("param");
    const { version } = c.req.valid("json");
    const models = await activateModels(c.env.DB, id, version);
    if (models.length === 0) throw new ProblemError({ kind: "unknown-model", id });
    for (const encoder of new Set(models.map(({ encoderVersion }) => encoderVersion))) {
      await ensureScoring(c.env, encoder);
    }
    return c.json({ models }, 200);
  })
  .openapi(postHead, async (c) => {
    const { listener } = c.req.valid("param");
    await findListenerToChange(c.env.DB, listener, c.get("caller"));
    const payer = await spendingOf(c).reserve(FITTING_SECONDS);
    try {
      const head = await fitListenerHead(c.env, listener, c.req.valid("json"));
      await chargePayer(c.env, payer, payer.reservation, FITTING_SECONDS);
      return c.json(head, 201);
    } finally {
      await releasePayer(c.env, payer);
    }
  });
