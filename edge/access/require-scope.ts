import type { Scope } from "@lemons/shared/contract/access";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { isSameOrigin } from "../base/http/same-origin.ts";
import { ProblemError } from "../base/problems/problem.ts";
import type { AppEnv } from "./app-env.ts";
import { visitorCaller } from "./caller.ts";
import { limitBursts } from "./limit-bursts.ts";
import { areVisitorUploadsAllowed, newVisitor } from "./visitor.ts";

/** Lets only callers through who have the scope. */
export const requireScope = (scope: Scope) =>
  createMiddleware<AppEnv>(async (c, next) => {
    await admit(c, scope);
    await next();
  });

/** Lets only holders of a key through who have the scope. */
export const requireKey = (scope: Scope) =>
  createMiddleware<AppEnv>(async (c, next) => {
    if (c.get("caller").key === null) throw new ProblemError({ kind: "key-needed", scope });
    await admit(c, scope);
    await next();
  });

/** Lets through who owns uploads: holders of a key with the scope for it, and visitors. */
export const requireUploader = createMiddleware<AppEnv>(async (c, next) => {
  await admit(c, c.get("caller").visitor === null ? "upload" : null);
  await next();
});

/**
 * The same for uploading. Somebody without a key who does it on a page of ours is a visitor from then on,
 * where visitors may.
 */
export const requireUploaderOrWelcome = createMiddleware<AppEnv>(async (c, next) => {
  const { key, visitor } = c.get("caller");
  const isWelcome = key === null && areVisitorUploadsAllowed(c.env) && isSameOrigin(c);
  await admit(c, visitor === null && !isWelcome ? "upload" : null);
  if (visitor === null && isWelcome) c.set("caller", visitorCaller(newVisitor(new Date())));
  await next();
});

/** Looking at anything needs the scope for it, which anybody has. */
export const readingNeedsScope = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") checkScope(c, "read");
  await next();
});

/**
 * Lets through whoever may, in as many requests as may be at once. Who may not is told so however often:
 * that costs nothing.
 *
 * @param scope null where none is needed
 * @throws ProblemError key-needed, missing-scope, too-many-requests
 */
async function admit(c: Context<AppEnv>, scope: Scope | null): Promise<void> {
  if (scope !== null) checkScope(c, scope);
  await limitBursts(c);
}

/** @throws ProblemError key-needed without a key, missing-scope with one that is not enough */
function checkScope(c: Context<AppEnv>, scope: Scope): void {
  const { key, scopes } = c.get("caller");
  if (scopes.has(scope)) return;
  throw new ProblemError(
    key === null ? { kind: "key-needed", scope } : { kind: "missing-scope", scope },
  );
}
