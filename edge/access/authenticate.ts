import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { CURRENT, PRIVATE } from "../base/http/cache-control.ts";
import { isCrossOriginWrite } from "../base/http/same-origin.ts";
import { ProblemError } from "../base/problems/problem.ts";
import type { AppEnv } from "./app-env.ts";
import { ANONYMOUS, type Caller, CROSS_ORIGIN_WRITER, keyCaller, visitorCaller } from "./caller.ts";
import { verifyToken } from "./keys.ts";
import { readVisitor } from "./visitor.ts";

/** Syntax of a bearer token (RFC 6750, section 2.1). */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/**
 * Sets `c.get("caller")` from an API key (RFC 6750) or a visitor's cookie. An invalid key is rejected
 * on every route; an invalid cookie is ignored.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const caller = await findCaller(c);
  c.set("caller", caller);
  // Responses to a key's holder are for no other caller.
  c.header("Vary", "Authorization", { append: true });
  await next();
  if (!c.res.headers.has("Cache-Control")) {
    c.header("Cache-Control", caller === ANONYMOUS ? CURRENT : PRIVATE);
  }
});

async function findCaller(c: Context<AppEnv>): Promise<Caller> {
  const authorization = c.req.header("Authorization");
  if (authorization === undefined) {
    if (isCrossOriginWrite(c)) return CROSS_ORIGIN_WRITER;
    const visitor = await readVisitor(c, new Date());
    return visitor === null ? ANONYMOUS : visitorCaller(visitor);
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    throw new ProblemError({ kind: "key-refused", refusal: { why: "malformed" } });
  }
  return keyCaller(await verifyToken(c.env.DB, token, new Date()));
}
