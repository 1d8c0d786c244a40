import { OpenAPIHono } from "@hono/zod-openapi";
import { etag } from "hono/etag";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { timing } from "hono/timing";
import type { AppEnv } from "../../access/app-env.ts";
import { authenticate } from "../../access/authenticate.ts";
import { readingNeedsScope } from "../../access/require-scope.ts";
import { crossOrigin } from "../../base/http/cross-origin.ts";
import { securityHeaders } from "../../base/http/security-headers.ts";
import { badRequest } from "../../base/problems/request-problems.ts";
import { respondError, respondProblem } from "./respond-problem.ts";
import { requireWellFormed } from "./well-formed.ts";

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
