import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "../../access/app-env.ts";
import { renderErrorPage } from "../../web/pages/error-page.tsx";
import { renderFrameErrorPage } from "../../web/pages/frame-error-page.tsx";
import { type Failure, ProblemError, toProblem } from "./problem.ts";

/** Answers with problem details (RFC 9457), or with a page where a browser asked for one. */
export function answerProblem(c: Context<AppEnv>, failure: Failure): Response {
  const { body, headers } = toProblem(failure, c.get("requestId"));
  if (asksForPage(c)) {
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

/** Answers whatever was thrown; only what nobody foresaw is logged, and its text stays inside. */
export function answerError(c: Context<AppEnv>, error: unknown): Response {
  if (error instanceof ProblemError) return answerProblem(c, error.failure);
  if (error instanceof HTTPException && error.status === 400) {
    const isForm = c.req.header("Content-Type")?.startsWith("multipart/form-data");
    const errors = [{ field: "body", message: "is not multipart/form-data with its boundary" }];
    return answerProblem(
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
  return answerProblem(c, { kind: "internal" });
}

/** Not under /v1 or /objects: what is asked for there is never a page, whoever asks. */
function asksForPage(c: Context<AppEnv>): boolean {
  const isForMachines = /^\/(?:v1|objects)\//.test(c.req.path);
  return !isForMachines && (c.req.header("Accept") ?? "").includes("text/html");
}
