import { createRoute, z } from "@hono/zod-openapi";
import { requireScope } from "../../access/require-scope.ts";
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
  security: [{ key: [] }],
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

export const healthRoutes = createRouter()
  .openapi(getLiveness, (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ status: "ok" as const }, 200);
  })
  .openapi(getHealth, async (c) => {
    const [row] = await Promise.all([
      c.env.DB.prepare(
        "SELECT max(day) AS lastActiveDay FROM usage_days WHERE name = 'gpuSeconds'",
      ).first<{ lastActiveDay: string | null }>(),
      c.env.BUCKET.list({ limit: 1 }),
    ]);
    c.header("Cache-Control", "no-store");
    return c.json(
      {
        database: "ok" as const,
        objectStore: "ok" as const,
        gpuWorker: { lastActiveDay: row?.lastActiveDay ?? null },
      },
      200,
    );
  });
