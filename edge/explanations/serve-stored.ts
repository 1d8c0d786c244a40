import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Context } from "hono";
import { explanationKey } from "../catalogue/object-keys.ts";
import { matchesEntityTag } from "../http/entity-tag.ts";
import { IMMUTABLE } from "../http/serve-object.ts";
import type { AppEnv } from "../routes/create-app.ts";
import { countUsage } from "../usage/count-usage.ts";

/**
 * Answers with a stored explanation as it lies there: its bytes were checked when they were stored and
 * never change, so they are passed on without being read.
 *
 * @returns null where it is not stored
 */
export async function serveStoredExplanation(
  c: Context<AppEnv>,
  id: ExplanationId,
): Promise<Response | null> {
  const object = await c.env.BUCKET.get(explanationKey(id));
  if (object === null) return null;
  countUsage(c.env, "explanationsStored");
  c.header("ETag", object.httpEtag);
  c.header("Cache-Control", IMMUTABLE);
  if (matchesEntityTag(c.req.header("If-None-Match"), object.httpEtag)) {
    await object.body.cancel();
    return c.body(null, 304);
  }
  c.header("Content-Type", "application/json");
  return c.body(object.body, 200);
}
