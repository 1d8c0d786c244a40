import { createMiddleware } from "hono/factory";
import type { WorkerEnv } from "./worker-env.ts";

/** Says of every answer of a route who may keep it (RFC 9111, section 5.2.2). */
export const cacheControl = (directives: string) =>
  createMiddleware<WorkerEnv>(async (c, next) => {
    await next();
    c.header("Cache-Control", directives);
  });
