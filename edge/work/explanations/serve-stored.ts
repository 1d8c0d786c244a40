import type { Context } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { countUsage } from "../../access/usage.ts";
import { IMMUTABLE, PRIVATE } from "../../base/http/cache-control.ts";
import { matchesEntityTag } from "../../base/http/header-fields.ts";
import { discard, type StoredBytes } from "./explanation-store.ts";

/**
 * Answers with a stored explanation as it is: its bytes were checked when they were stored and never
 * change, so they are passed on without being parsed.
 */
export async function serveStoredExplanation(
  c: Context<AppEnv>,
  stored: StoredBytes,
): Promise<Response> {
  const { object, etag, ownership } = stored;
  countUsage(c.env, "explanationsStored");
  c.header("ETag", etag);
  c.header("Cache-Control", ownership.owner === null ? IMMUTABLE : PRIVATE);
  if (matchesEntityTag(c.req.header("If-None-Match"), etag)) {
    await discard(stored);
    return c.body(null, 304);
  }
  c.header("Content-Type", "application/json");
  if (c.req.raw.method === "HEAD") {
    await discard(stored);
    c.header("Content-Length", String(object.size));
    return c.body(null, 200);
  }
  return c.body(object.body, 200);
}
