import { type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { webhookPayloadExample } from "@lemons/shared/contract/job.example";
import { WebhookDeliveryId, WebhookPayload } from "@lemons/shared/contract/webhook";
import type { AppEnv } from "../../access/app-env.ts";
import { createRouter } from "./create-app.ts";
import { RESPONSE_HEADERS, withHeaders } from "./response-headers.ts";
import { problem } from "./responses.ts";

const COMMON_HEADERS = withHeaders(["X-Request-Id", "Server-Timing"]);
const INTERNAL_ERROR = problem("internal error; the log has it under the request's id", {
  kind: "internal",
});

const WebhookHeaders = z.object({
  "webhook-id": WebhookDeliveryId.describe("the same for every attempt"),
  "webhook-timestamp": z
    .string()
    .describe("time of this attempt, in seconds since 1970")
    .meta({ example: "1795557146" }),
  "webhook-signature": z
    .string()
    .describe("HMAC-SHA256 of id, timestamp and body")
    .meta({ example: "v1,2Jr8kYxq0mQ0v7rS4d1gqk3r0u1a2b3c4d5e6f7g8h8=" }),
});

/** Serves `/openapi.json`, generated from the contracts of the routes. */
export function describeApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "An API key from `lemons keys create`. Without one, callers can read, and explain within a small budget.",
  });
  app.openAPIRegistry.registerWebhook({
    method: "post",
    path: "explanation",
    summary: "Reports that an explanation requested with a `webhook` started or ended",
    description: "Signed as Standard Webhooks specifies.",
    request: {
      headers: WebhookHeaders,
      body: {
        content: { "application/json": { schema: WebhookPayload, example: webhookPayloadExample } },
      },
    },
    responses: {
      "2XX": { description: "delivered; other statuses are retried for about a day" },
      410: { description: "unsubscribed: nothing is sent to this address for a day" },
    },
  });
  for (const [name, header] of Object.entries(RESPONSE_HEADERS)) {
    app.openAPIRegistry.registerComponent("headers", name, header);
  }
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type === "route") describeCommon(definition.route.responses);
  }
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "LEMONS",
      version: "1",
      description:
        "Music recommendations that play you their reasons. Errors are problem details (RFC 9457). Every response has an X-Request-Id.",
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/" }],
    security: [{}, { key: [] }],
  });
}

/** Adds the headers of every response, and the response to internal errors. */
function describeCommon(responses: RouteConfig["responses"]): void {
  responses[500] = INTERNAL_ERROR;
  for (const response of Object.values(responses)) {
    if ("$ref" in response) continue;
    response.headers = { ...response.headers, ...COMMON_HEADERS };
  }
}

const REFERENCE_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>LEMONS API</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/vendor/swagger-ui/swagger-ui.css">
    <script src="/vendor/swagger-ui/swagger-ui-bundle.js" defer></script>
    <script src="/docs/reference.js" defer></script>
  </head>
  <body>
    <div id="reference"><noscript>This page needs JavaScript. The description is at <a href="/openapi.json">openapi.json</a>.</noscript></div>
  </body>
</html>
`;

const REFERENCE_SCRIPT = `window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });
});
`;

const REFERENCE_CACHE = { "Cache-Control": "public, max-age=3600" };

/** Serves the API reference: Swagger UI, from the static assets, for `/openapi.json`. */
export const referenceRoutes = createRouter();

referenceRoutes.get("/docs", (c) => c.html(REFERENCE_PAGE, 200, REFERENCE_CACHE));
referenceRoutes.get("/docs/reference.js", (c) =>
  c.body(REFERENCE_SCRIPT, 200, {
    ...REFERENCE_CACHE,
    "Content-Type": "text/javascript; charset=utf-8",
  }),
);
