import { createRoute, z } from "@hono/zod-openapi";
import {
  restartedDeliveryExample,
  webhookDeliveryListExample,
  webhookSecretExample,
} from "@lemons/shared/contract/job.example";
import {
  DEFAULT_DELIVERIES,
  MAX_DELIVERIES,
  WebhookDelivery,
  WebhookDeliveryId,
  WebhookDeliveryList,
  WebhookSecret,
} from "@lemons/shared/contract/webhook";
import { requireKey } from "../../access/require-scope.ts";
import { settingsOf } from "../../base/env.ts";
import { readCursor, writeCursor } from "../../base/http/cursor.ts";
import { DeliveryPlace, listDeliveries } from "../../work/webhooks/deliveries.ts";
import { redeliver } from "../../work/webhooks/redeliver.ts";
import { signingSecretsOf } from "../../work/webhooks/signature.ts";
import { security } from "./check-request.ts";
import { createRouter } from "./create-app.ts";
import { noQuery, pageQuery } from "./parameters.ts";
import { badRequest, json, problem, refused, tooMuch } from "./responses.ts";

const getDeliveries = createRoute({
  method: "get",
  path: "/v1/webhooks/deliveries",
  summary: "List webhook deliveries",
  description:
    "The deliveries of the key in the last 30 days, newest first. With the scope `admin`, the deliveries of all keys.",
  security,
  middleware: [requireKey("explain")],
  request: {
    query: pageQuery(DEFAULT_DELIVERIES, MAX_DELIVERIES, [
      "2026-11-24T21:52:26.070Z",
      "msg_0f343b0931126a20f133d67c2b018a3b",
    ]),
  },
  responses: {
    200: json(
      "a page of deliveries",
      WebhookDeliveryList,
      webhookDeliveryListExample,
      "Cache-Control",
    ),
    400: badRequest,
    ...refused("explain"),
  },
});

const getSecret = createRoute({
  method: "get",
  path: "/v1/webhooks/secret",
  summary: "Get the signing secret of the key's webhooks",
  description: "Derived from the key, so it never changes. Receivers verify signatures with it.",
  security,
  middleware: [requireKey("explain")],
  request: { ...noQuery },
  responses: {
    200: json("the secret", WebhookSecret, webhookSecretExample, "Cache-Control"),
    400: badRequest,
    ...refused("explain"),
  },
});

const postRedelivery = createRoute({
  method: "post",
  path: "/v1/webhooks/deliveries/{delivery}/redeliver",
  summary: "Send a webhook again",
  description:
    "Restarts a finished delivery, successful or not: the same body and `webhook-id` with a new signature, now and then on the whole schedule.",
  security,
  middleware: [requireKey("explain")],
  request: { params: z.object({ delivery: WebhookDeliveryId }), ...noQuery },
  responses: {
    202: json("the restarted delivery", WebhookDelivery, restartedDeliveryExample, "Cache-Control"),
    400: badRequest,
    ...refused("explain"),
    404: problem("no such delivery of this key", {
      kind: "unknown-delivery",
      id: restartedDeliveryExample.id,
    }),
    409: problem("the delivery is still pending", {
      kind: "delivery-pending",
      id: restartedDeliveryExample.id,
    }),
    422: problem("the receiver answered 410 Gone", {
      kind: "receiver-gone",
      until: "2026-11-25T21:52:26.070Z",
    }),
    429: tooMuch({ kind: "too-many-webhooks", limit: 1000 }),
  },
});

export const webhookRoutes = createRouter()
  .openapi(getDeliveries, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { owner, scopes } = c.get("caller");
    const found = await listDeliveries(c.env.DB, scopes.has("admin") ? null : owner, {
      limit: limit + 1,
      after: cursor === undefined ? undefined : readCursor(cursor, DeliveryPlace),
    });
    const deliveries = found.slice(0, limit);
    const last = deliveries.at(-1);
    const nextCursor = found.length > limit && last ? writeCursor([last.createdAt, last.id]) : null;
    c.header("Cache-Control", "no-store");
    return c.json({ deliveries, nextCursor }, 200);
  })
  .openapi(getSecret, async (c) => {
    const { id } = c.get("caller").key!;
    const [secret, previous = null] = await signingSecretsOf(settingsOf(c.env), id);
    c.header("Cache-Control", "no-store");
    return c.json({ secret, previous }, 200);
  })
  .openapi(postRedelivery, async (c) => {
    const { delivery } = c.req.valid("param");
    c.header("Cache-Control", "no-store");
    return c.json(await redeliver(c.env, delivery, c.get("caller")), 202);
  });
