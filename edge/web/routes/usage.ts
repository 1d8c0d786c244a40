import { createRoute, z } from "@hono/zod-openapi";
import { usageExample } from "@lemons/shared/contract/batch.example";
import { DEFAULT_USAGE_DAYS, MAX_USAGE_DAYS, Usage } from "@lemons/shared/contract/usage";
import { requireScope } from "../../access/require-scope.ts";
import { usageOf } from "../../access/usage.ts";
import { createRouter } from "./create-app.ts";
import { badRequest, json, refused } from "./responses.ts";

const getUsage = createRoute({
  method: "get",
  path: "/v1/usage",
  summary: "How the service is used, what it costs, and what waits",
  security: [{ key: [] }],
  middleware: [requireScope("admin")],
  request: {
    query: z.strictObject({
      days: z.coerce
        .number<string>("must be a whole number")
        .int("must be a whole number")
        .min(1, "must be at least 1")
        .max(MAX_USAGE_DAYS, `must be at most ${MAX_USAGE_DAYS}`)
        .default(DEFAULT_USAGE_DAYS)
        .describe("days to look back, today among them")
        .meta({ example: DEFAULT_USAGE_DAYS }),
    }),
  },
  responses: {
    200: json("usage by day", Usage, usageExample, "Cache-Control"),
    400: badRequest,
    ...refused("admin"),
  },
});

export const usageRoutes = createRouter().openapi(getUsage, async (c) => {
  c.header("Cache-Control", "no-store");
  return c.json(await usageOf(c.env, c.req.valid("query").days), 200);
});
