import { createRoute, z } from "@hono/zod-openapi";
import { usageExample } from "@lemons/shared/contract/batch.example";
import { DEFAULT_USAGE_DAYS, MAX_USAGE_DAYS, Usage } from "@lemons/shared/contract/usage";
import { requireScope } from "../../access/require-scope.ts";
import { usageOf } from "../../access/usage.ts";
import { firstValue } from "../../base/rows.ts";
import { security } from "./check-request.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import { badRequest, json, refused } from "./responses.ts";

const Liveness = z.object({ status: z.literal("ok") }).meta({ id: "Liveness" });

const Health = z
  .object({
    database: z.literal("ok"),
    objectStore: z.literal("ok"),
    gpuWorker: z.object({
      lastActiveDay: z.iso
        .date()
        .nullable()
        .describe("the last day (UTC) on which the gpu-worker finished a job, or null"),
    }),
  })
  .meta({ id: "Health" });

const getLiveness = createRoute({
  method: "get",
  path: "/healthz",
  summary: "Check that the Worker runs",
  description: "Calls nothing else, so a monitor never keeps the gpu-worker awake.",
  request: noQuery,
  responses: {
    200: json("the Worker runs", Liveness, { status: "ok" }, "Cache-Control"),
  },
});

const getHealth = createRoute({
  method: "get",
  path: "/v1/health",
  summary: "Check the database and the object store",
  description:
    "Reports the gpu-worker's last recorded work. Never calls the gpu-worker, so it can stay asleep.",
  security,
  middleware: [requireScope("admin")],
  request: noQuery,
  responses: {
    200: json(
      "the stores respond; 500 if one doesn't",
      Health,
      { database: "ok", objectStore: "ok", gpuWorker: { lastActiveDay: "2026-11-25" } },
      "Cache-Control",
    ),
    400: badRequest,
    ...refused("admin"),
  },
});

const getUsage = createRoute({
  method: "get",
  path: "/v1/usage",
  summary: "How the service is used, what it costs, and what waits",
  security,
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

/** Routes for the operators of the service: health and usage. */
export const operationRoutes = createRouter()
  .openapi(getLiveness, (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ status: "ok" as const }, 200);
  })
  .openapi(getHealth, async (c) => {
    const [lastActiveDay] = await Promise.all([
      firstValue(
        c.env.DB,
        z.iso.date().nullable(),
        "SELECT max(day) FROM usage_days WHERE name = 'gpuSeconds'",
      ),
      c.env.BUCKET.list({ limit: 1 }),
    ]);
    c.header("Cache-Control", "no-store");
    return c.json(
      {
        database: "ok" as const,
        objectStore: "ok" as const,
        gpuWorker: { lastActiveDay },
      },
      200,
    );
  })
  .openapi(getUsage, async (c) => {
    c.header("Cache-Control", "no-store");
    return c.json(await usageOf(c.env, c.req.valid("query").days), 200);
  });
