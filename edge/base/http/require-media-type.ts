import { createMiddleware } from "hono/factory";
import { ProblemError } from "../problems/problem.ts";

/** Refuses bodies that are not declared as of a media type. */
export const requireMediaType = (wanted: string) =>
  createMiddleware(async (c, next) => {
    const received = c.req.header("Content-Type");
    if (received?.split(";")[0]?.trim().toLowerCase() !== wanted) {
      throw new ProblemError({ kind: "unsupported-media-type", received, wanted });
    }
    await next();
  });

/** The same for JSON, which also keeps simple cross-site forms out. */
export const requireJson = requireMediaType("application/json");
