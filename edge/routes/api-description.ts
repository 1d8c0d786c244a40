import type { OpenAPIHono } from "@hono/zod-openapi";
import { WebhookPayload } from "@lemons/shared/contract/webhook";
import type { AppEnv } from "../http/app-env.ts";

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
    description:
      "Signed per Standard Webhooks: `webhook-id` (the same at each attempt), `webhook-timestamp`, `webhook-signature`.",
    request: { body: { content: { "application/json": { schema: WebhookPayload } } } },
    responses: {
      "2XX": { description: "taken; anything else is tried again, for about a day" },
      410: { description: "not wanted any more: for a day nothing is sent to this address" },
    },
  });
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
