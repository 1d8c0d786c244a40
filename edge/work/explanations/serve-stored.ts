import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { type Caller, maySee } from "../../access/caller.ts";
import { countUsage } from "../../access/usage.ts";
import { IMMUTABLE, PRIVATE } from "../../base/http/cache-control.ts";
import { matchesEntityTag } from "../../base/http/header-fields.ts";
import { explanationKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { storedOwnership } from "./explanation-store.ts";

/**
 * Answers with a stored explanation as it lies there: its bytes were checked when they were stored and
 * never change, so they are passed on without being read.
 *
 * @returns null where it is not stored
 * @throws ProblemError unknown-explanation where it belongs to somebody else
 */
export async function serveStoredExplanation(
  c: Context<AppEnv>,
  id: ExplanationId,
  reader: Caller,
): Promise<Response | null> {
  const object = await c.env.BUCKET.get(explanationKey(id));
  if (object === null) return null;
  const ownership = storedOwnership(object);
  if (!maySee(reader, ownership)) {
    await leaveUnread(object);
    throw new ProblemError({ kind: "unknown-explanation", id });
  }
  countUsage(c.env, "explanationsStored");
  c.header("ETag", object.httpEtag);
  c.header("Cache-Control", ownership.owner === null ? IMMUTABLE : PRIVATE);
  if (matchesEntityTag(c.req.header("If-None-Match"), object.httpEtag)) {
    await leaveUnread(object);
    return c.body(null, 304);
  }
  c.header("Content-Type", "application/json");
  if (c.req.raw.method === "HEAD") {
    await leaveUnread(object);
    c.header("Content-Length", String(object.size));
    return c.body(null, 200);
  }
  return c.body(object.body, 200);
}

/** A body that is cancelled counts as a broken connection in the log; a few kilobytes are read instead. */
async function leaveUnread(object: R2ObjectBody): Promise<void> {
  await object.arrayBuffer();
}
