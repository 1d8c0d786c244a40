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
import { answerError, answerProblem } from "../../base/problems/answer.ts";
import { badRequest } from "../../base/problems/bad-request.ts";

/** A router whose validators answer with problem details that name the field. */
export function createRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) =>
      result.success ? undefined : answerProblem(c, badRequest(result.target, result.error)),
  });
}

/** The root router: what holds for every route, and the one place where errors become answers. */
export function createApp(): OpenAPIHono<AppEnv> {
  const app = createRouter();
  app.use(requestId());
  app.use(timing());
  app.use(securityHeaders);
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
          : answerProblem(c, { kind: "method-not-allowed", method: c.req.method, allow }),
    }),
  );
  app.onError((error, c) => answerError(c, error));
  app.notFound((c) => answerProblem(c, { kind: "route-not-found", path: c.req.path }));
  return app;
}
