import { createRoute } from "@hono/zod-openapi";
import {
  webhookDeliveryListExample,
  webhookSecretExample,
} from "@lemons/shared/contract/job.example";
import {
  DEFAULT_DELIVERIES,
  MAX_DELIVERIES,
  WebhookDeliveryList,
  WebhookSecret,
} from "@lemons/shared/contract/webhook";
import { requireKey } from "../access/require-scope.ts";
import { readCursor, writeCursor } from "../catalogue/cursor.ts";
import { settingsOf } from "../env.ts";
import { DeliveryPlace, listDeliveries } from "../webhooks/deliveries.ts";
import { signingSecretOf } from "../webhooks/signature.ts";
import { createRouter } from "./create-app.ts";
import { noQuery, pageQuery } from "./parameters.ts";
import { badRequest, json, refused } from "./responses.ts";

const security = [{ key: [] }];

const getDeliveries = createRoute({
  method: "get",
  path: "/v1/webhooks/deliveries",
  summary: "What was sent to webhooks, or will be",
  description:
    "Deliveries of the key, the newest first, for 30 days; with the scope `admin` those of every key.",
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
  summary: "What the key's webhooks are signed with",
  description:
    "Derived from the key, and the same each time. Receivers verify signatures with it; it is of no other use.",
  security,
  middleware: [requireKey("explain")],
  request: { ...noQuery },
  responses: {
    200: json("the secret", WebhookSecret, webhookSecretExample, "Cache-Control"),
    400: badRequest,
    ...refused("explain"),
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
    const secret = await signingSecretOf(settingsOf(c.env), c.get("caller").key!.id);
    c.header("Cache-Control", "no-store");
    return c.json({ secret }, 200);
  });
