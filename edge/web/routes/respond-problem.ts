import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "../../access/app-env.ts";
import { type Failure, ProblemError, toProblem } from "../../base/problems/problem.ts";
import { renderErrorPage, renderFrameErrorPage } from "../pages/error-page.tsx";

/** Responds with problem details (RFC 9457), or with an HTML page if a browser opened the address. */
export function respondProblem(c: Context<AppEnv>, failure: Failure): Response {
  const { body, headers } = toProblem(failure, c.get("requestId"));
  if (prefersPage(c)) {
    const render = c.req.path.startsWith("/embed/") ? renderFrameErrorPage : renderErrorPage;
    return c.body(render(body), body.status as ContentfulStatusCode, {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      Vary: "Accept",
      ...headers,
    });
  }
  return c.body(JSON.stringify(body), body.status as ContentfulStatusCode, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    ...headers,
  });
}

/** Responds to an error that a handler threw. Logs unexpected errors and keeps their text private. */
export function respondError(c: Context<AppEnv>, error: unknown): Response {
  if (error instanceof ProblemError) return respondProblem(c, error.failure);
  if (error instanceof HTTPException && error.status === 400) {
    const isForm = c.req.header("Content-Type")?.startsWith("multipart/form-data");
    const errors = [{ field: "body", message: "is not multipart/form-data with its boundary" }];
    return respondProblem(
      c,
      isForm ? { kind: "bad-request", errors } : { kind: "malformed-json", reason: error.message },
    );
  }
  console.error(
    JSON.stringify({
      requestId: c.get("requestId"),
      method: c.req.method,
      path: c.req.path,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  return respondProblem(c, { kind: "internal" });
}

/** API paths and signed links never respond with pages, whatever `Accept` says. */
function prefersPage(c: Context<AppEnv>): boolean {
  const isForPrograms = /^\/(?:v1|objects)\//.test(c.req.path);
  return !isForPrograms && (c.req.header("Accept") ?? "").includes("text/html");
}
