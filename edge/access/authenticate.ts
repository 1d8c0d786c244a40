import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/app-env.ts";
import { ProblemError } from "../problems/problem.ts";
import { ANYBODY, type Caller, holderOf } from "./caller.ts";
import { keyOfToken } from "./keys.ts";

/** Syntax of a bearer token (RFC 6750, section 2.1). */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** Finds out who asks (RFC 6750): `c.get("caller")`. A key that does not hold is refused anywhere. */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  c.set("caller", await callerOf(c.env.DB, c.req.header("Authorization")));
  // What a key's holder is told is nobody else's.
  c.header("Vary", "Authorization", { append: true });
  await next();
});

async function callerOf(db: D1Database, authorization: string | undefined): Promise<Caller> {
  if (authorization === undefined) return ANYBODY;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    throw new ProblemError({ kind: "key-refused", refusal: { why: "malformed" } });
  }
  return holderOf(await keyOfToken(db, token, new Date()));
}
