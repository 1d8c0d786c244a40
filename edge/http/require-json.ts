import { createMiddleware } from "hono/factory";
import { ProblemError } from "../problems/problem.ts";

/** Refuses bodies that are not declared as JSON, which also keeps simple cross-site forms out. */
export const requireJson = createMiddleware(async (c, next) => {
  const received = c.req.header("Content-Type");
  if (received?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new ProblemError({ kind: "unsupported-media-type", received });
  }
  await next();
});
