import type { Scope } from "@lemons/shared/contract/access";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { isSameOrigin } from "../base/http/same-origin.ts";
import { ProblemError } from "../base/problems/problem.ts";
import { accountOf } from "./account.ts";
import type { AppEnv } from "./app-env.ts";
import { visitorCaller } from "./caller.ts";
import { areVisitorUploadsAllowed, newVisitor } from "./visitor.ts";

/** The period of the binding `BURSTS` in wrangler.toml. */
const PERIOD_SECONDS = 10;
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Requires a scope, and applies the burst limit. */
export const requireScope = (scope: Scope) =>
  createMiddleware<AppEnv>(async (c, next) => {
    await admit(c, scope);
    await next();
  });

/** Requires an API key with a scope, and applies the burst limit. */
export const requireKey = (scope: Scope) =>
  createMiddleware<AppEnv>(async (c, next) => {
    if (c.get("caller").key === null) throw new ProblemError({ kind: "key-needed", scope });
    await admit(c, scope);
    await next();
  });

/** Requires an owner of uploads: an API key with the scope `upload`, or a visitor. */
export const requireUploader = createMiddleware<AppEnv>(async (c, next) => {
  await admit(c, c.get("caller").visitor === null ? "upload" : null);
  await next();
});

/**
 * Requires a caller who may upload. Makes an anonymous caller on one of our own pages a visitor, if the
 * settings allow visitors' uploads.
 */
export const requireUploaderOrWelcome = createMiddleware<AppEnv>(async (c, next) => {
  const { key, visitor } = c.get("caller");
  const isWelcome = key === null && areVisitorUploadsAllowed(c.env) && isSameOrigin(c);
  await admit(c, visitor === null && !isWelcome ? "upload" : null);
  if (visitor === null && isWelcome) c.set("caller", visitorCaller(newVisitor(new Date())));
  await next();
});

/** Requires the scope `read` for GET and HEAD; anonymous callers have it. */
export const readingNeedsScope = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") checkScope(c, "read");
  await next();
});

/**
 * Checks the scope first, then the burst limit; rejected callers don't consume it.
 *
 * @param scope null if none is required
 * @throws ProblemError key-needed, missing-scope, too-many-requests
 */
async function admit(c: Context<AppEnv>, scope: Scope | null): Promise<void> {
  if (scope !== null) checkScope(c, scope);
  await limitBursts(c);
}

/** @throws ProblemError key-needed without a key, missing-scope with a key that lacks the scope */
function checkScope(c: Context<AppEnv>, scope: Scope): void {
  const { key, scopes } = c.get("caller");
  if (scopes.has(scope)) return;
  throw new ProblemError(
    key === null ? { kind: "key-needed", scope } : { kind: "missing-scope", scope },
  );
}

/**
 * Rejects an account that sends too many writing requests within seconds. The binding counts
 * approximately and per location: good for bursts, not for budgets. Administrators are not limited.
 *
 * @throws ProblemError too-many-requests
 */
async function limitBursts(c: Context<AppEnv>): Promise<void> {
  if (SAFE_METHODS.includes(c.req.method) || c.get("caller").scopes.has("admin")) return;
  const { success } = await c.env.BURSTS.limit({ key: (await accountOf(c)).name });
  if (!success) throw new ProblemError({ kind: "too-many-requests", seconds: PERIOD_SECONDS });
}
