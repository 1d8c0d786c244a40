import { OpenAPIHono } from "@hono/zod-openapi";
import { type RequestIdVariables, requestId } from "hono/request-id";
import { answerError, answerProblem } from "../problems/answer.ts";
import { badRequest } from "../problems/bad-request.ts";

/** What every route of the Worker finds in its context. */
export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables;
}

/** A router whose validators answer with problem details that name the field. */
export function createRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      return result.success ? undefined : answerProblem(c, badRequest(result.target, result.error));
    },
  });
}

/** The root router: request ids, and one place where errors become answers. */
export function createApp(): OpenAPIHono<AppEnv> {
  const app = createRouter();
  app.use(requestId());
  app.onError((error, c) => answerError(c, error));
  app.notFound((c) => answerProblem(c, { kind: "route-not-found", path: c.req.path }));
  return app;
}
