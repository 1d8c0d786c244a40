import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { etag } from "hono/etag";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { timing } from "hono/timing";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "../../access/app-env.ts";
import { authenticate } from "../../access/authenticate.ts";
import { readingNeedsScope } from "../../access/require-scope.ts";
import { crossOrigin } from "../../base/http/cross-origin.ts";
import { securityHeaders } from "../../base/http/security-headers.ts";
import { type Failure, ProblemError, toProblem } from "../../base/problems/problem.ts";
import { badRequest } from "../../base/problems/request-problems.ts";
import { renderErrorPage, renderFrameErrorPage } from "../pages/error-page.tsx";
import { requireWellFormed } from "./check-request.ts";

/** Creates a router whose validators respond with problem details that name each invalid field. */
export function createRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) =>
      result.success ? undefined : respondProblem(c, badRequest(result.target, result.error)),
  });
}

/** Creates the root router with the middleware and the error handling of all routes. */
export function createApp(): OpenAPIHono<AppEnv> {
  const app = createRouter();
  app.use(requestId());
  app.use(timing());
  app.use(securityHeaders);
  app.use(requireWellFormed);
  app.use("/v1/*", crossOrigin);
  app.use("/v1/*", authenticate);
  app.use("/song/*", authenticate);
  app.use("/v1/*", readingNeedsScope);
  app.use("/v1/listeners/*", etag());
  app.use("/v1/tracks", etag());
  app.use("/v1/tracks/:track", etag());
  app.use("/openapi.json", etag());
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, allow) =>
        c.req.method === "OPTIONS"
          ? c.body(null, 204, { Allow: [...allow, "OPTIONS"].join(", ") })
          : respondProblem(c, { kind: "method-not-allowed", method: c.req.method, allow }),
    }),
  );
  app.onError((error, c) => respondError(c, error));
  app.notFound((c) => respondProblem(c, { kind: "route-not-found", path: c.req.path }));
  return app;
}

/** Responds with problem details (RFC 9457), or with an HTML page if a browser opened the address. */
function respondProblem(c: Context<AppEnv>, failure: Failure): Response {
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
function respondError(c: Context<AppEnv>, error: unknown): Response {
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
