import { createRoute, z } from "@hono/zod-openapi";
import { WorkerHealth } from "@lemons/shared/contract/gpu-worker";
import { settingsOf } from "../../base/env.ts";
import { gpuWorkerHealth } from "../../worker/worker-health.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import { json } from "./responses.ts";

const Health = z
  .object({
    status: z.literal("ok"),
    gpuWorker: z.union([WorkerHealth, z.object({ status: z.literal("away"), reason: z.string() })]),
  })
  .meta({ id: "Health" });

const getHealth = createRoute({
  method: "get",
  path: "/healthz",
  summary: "Health of the Worker, and whether the gpu-worker answers",
  request: noQuery,
  responses: {
    200: json(
      "the Worker answers; what it says of the gpu-worker may be bad news",
      Health,
      {
        status: "ok",
        gpuWorker: { status: "ok", version: "0.1.0", provider: "cpu", running: 1, waiting: 0 },
      },
      "Cache-Control",
    ),
  },
});

export const healthRoutes = createRouter().openapi(getHealth, async (c) => {
  await c.env.DB.prepare("SELECT 1").first();
  const health = await gpuWorkerHealth(settingsOf(c.env));
  c.header("Cache-Control", "no-store");
  return c.json(
    {
      status: "ok" as const,
      gpuWorker:
        "worker" in health ? health.worker : { status: "away" as const, reason: health.away },
    },
    200,
  );
});
