import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { isCrossOriginWrite } from "../base/http/same-origin.ts";
import { CURRENT, PRIVATE } from "../base/http/serve-object.ts";
import { ProblemError } from "../base/problems/problem.ts";
import type { AppEnv } from "./app-env.ts";
import { ANONYMOUS, type Caller, CROSS_ORIGIN_WRITER, holderOf, visitorCaller } from "./caller.ts";
import { keyOfToken } from "./keys.ts";
import { visitorOf } from "./visitor.ts";

/** Syntax of a bearer token (RFC 6750, section 2.1). */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/**
 * Finds out who asks, by key (RFC 6750) or by a visitor's cookie: `c.get("caller")`. A key that does not
 * hold is refused anywhere; a cookie that does not is none.
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const caller = await callerOf(c);
  c.set("caller", caller);
  // What a key's holder is told is nobody else's.
  c.header("Vary", "Authorization", { append: true });
  await next();
  if (!c.res.headers.has("Cache-Control")) {
    c.header("Cache-Control", caller === ANONYMOUS ? CURRENT : PRIVATE);
  }
});

async function callerOf(c: Context<AppEnv>): Promise<Caller> {
  const authorization = c.req.header("Authorization");
  if (authorization === undefined) {
    if (isCrossOriginWrite(c)) return CROSS_ORIGIN_WRITER;
    const visitor = await visitorOf(c, new Date());
    return visitor === null ? ANONYMOUS : visitorCaller(visitor);
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    throw new ProblemError({ kind: "key-refused", refusal: { why: "malformed" } });
  }
  return holderOf(await keyOfToken(c.env.DB, token, new Date()));
}
