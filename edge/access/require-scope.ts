import type { Scope } from "@lemons/shared/contract/access";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/app-env.ts";
import { isFromHere } from "../http/same-origin.ts";
import { ProblemError } from "../problems/problem.ts";
import { visitorCaller } from "./caller.ts";
import { areVisitorsWelcome, newVisitor } from "./visitor.ts";

/** Lets only callers through who have the scope. */
export const requireScope = (scope: Scope) =>
  createMiddleware<AppEnv>(async (c, next) => {
    checkScope(c, scope);
    await next();
  });

/** Lets only holders of a key through who have the scope. */
export const requireKey = (scope: Scope) =>
  createMiddleware<AppEnv>(async (c, next) => {
    if (c.get("caller").key === null) throw new ProblemError({ kind: "key-needed", scope });
    checkScope(c, scope);
    await next();
  });

/** Lets through who owns uploads: holders of a key with the scope for it, and visitors. */
export const requireUploader = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("caller").visitor === null) checkScope(c, "upload");
  await next();
});

/**
 * The same for uploading. Somebody without a key who does it on a page of ours is a visitor from then on,
 * where visitors may.
 */
export const requireUploaderOrWelcome = createMiddleware<AppEnv>(async (c, next) => {
  const { key, visitor } = c.get("caller");
  if (key === null && visitor === null && areVisitorsWelcome(c.env) && isFromHere(c)) {
    c.set("caller", visitorCaller(newVisitor(new Date())));
  } else if (visitor === null) {
    checkScope(c, "upload");
  }
  await next();
});

/** Looking at anything needs the scope for it, which anybody has. */
export const readingNeedsScope = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") checkScope(c, "read");
  await next();
});

/** @throws ProblemError key-needed without a key, missing-scope with one that is not enough */
function checkScope(c: Context<AppEnv>, scope: Scope): void {
  const { key, scopes } = c.get("caller");
  if (scopes.has(scope)) return;
  throw new ProblemError(
    key === null ? { kind: "key-needed", scope } : { kind: "missing-scope", scope },
  );
}
