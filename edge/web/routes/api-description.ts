import { type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { webhookPayloadExample } from "@lemons/shared/contract/job.example";
import { WebhookDeliveryId, WebhookPayload } from "@lemons/shared/contract/webhook";
import type { AppEnv } from "../../access/app-env.ts";
import { RESPONSE_HEADERS, withHeaders } from "./response-headers.ts";
import { problem } from "./responses.ts";

const ofAll = withHeaders(["X-Request-Id", "Server-Timing"]);
const faultHere = problem("a fault on this side; it is logged under the request's id", {
  kind: "internal",
});

const WebhookHeaders = z.object({
  "webhook-id": WebhookDeliveryId.describe("the same at each attempt"),
  "webhook-timestamp": z
    .string()
    .describe("when this attempt was made, in seconds since 1970")
    .meta({ example: "1795557146" }),
  "webhook-signature": z
    .string()
    .describe("HMAC-SHA256 of id, timestamp and body")
    .meta({ example: "v1,2Jr8kYxq0mQ0v7rS4d1gqk3r0u1a2b3c4d5e6f7g8h8=" }),
});

/** Serves the API's description, generated from the routes' own contracts. */
export function describeApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "An API key of `lemons keys create`. Without one: read and explain, within a small budget.",
  });
  app.openAPIRegistry.registerWebhook({
    method: "post",
    path: "explanation",
    summary: "An explanation that was asked for with a `webhook` is on its way, or has ended",
    description: "Signed per Standard Webhooks.",
    request: {
      headers: WebhookHeaders,
      body: {
        content: { "application/json": { schema: WebhookPayload, example: webhookPayloadExample } },
      },
    },
    responses: {
      "2XX": { description: "taken; anything else is tried again, for about a day" },
      410: { description: "not wanted any more: for a day nothing is sent to this address" },
    },
  });
  for (const [name, header] of Object.entries(RESPONSE_HEADERS)) {
    app.openAPIRegistry.registerComponent("headers", name, header);
  }
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type === "route") sayOfAll(definition.route.responses);
  }
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "LEMONS",
      version: "1",
      description:
        "Music recommendations that can be heard explaining themselves. Errors are problem details (RFC 9457); every answer carries X-Request-Id.",
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/" }],
    security: [{}, { key: [] }],
  });
}

/** What may be said of every answer, and the answer that every route may give. */
function sayOfAll(responses: RouteConfig["responses"]): void {
  responses[500] = faultHere;
  for (const response of Object.values(responses)) {
    if ("$ref" in response) continue;
    response.headers = { ...response.headers, ...ofAll };
  }
}
