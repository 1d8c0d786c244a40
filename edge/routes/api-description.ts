import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./create-app.ts";

/** Serves the API's description, generated from the routes' own contracts. */
export function describeApi(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description:
      "An API key of `lemons keys create`. Without one: read and explain, within a small budget.",
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
