import { createMiddleware } from "hono/factory";
import { ProblemError } from "../problems/problem.ts";

/** Rejects requests whose `Content-Type` is not the given media type. */
export const requireMediaType = (wanted: string) =>
  createMiddleware(async (c, next) => {
    const received = c.req.header("Content-Type");
    if (received?.split(";")[0]?.trim().toLowerCase() !== wanted) {
      throw new ProblemError({ kind: "unsupported-media-type", received, wanted });
    }
    await next();
  });

/** Requires JSON. HTML forms of other sites can't send it without a preflight. */
export const requireJson = requireMediaType("application/json");
