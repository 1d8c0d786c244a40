import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { type Context, Hono } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { settingsOf } from "../../base/env.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { badRequest } from "../../base/problems/request-problems.ts";
import { type EmbedTarget, readTarget } from "../embedding/embed-target.ts";
import { findEmbedded } from "../embedding/find-embedded.ts";
import { EmbedOptions, renderEmbedPage } from "./embed-page.tsx";
import { renderSharePage } from "./share-page.tsx";

/** An explanation never changes, but a release can change its page. */
const PAGE_CACHE = "public, max-age=300";

/** Players for iframes, and pages to share. */
export const embedRoutes = new Hono<AppEnv>();

embedRoutes.get("/e/:explanation", async (c) => {
  const found = await findEmbedded(c.env, readTarget(c));
  const page = renderSharePage(found, settingsOf(c.env).PUBLIC_ORIGIN);
  return c.html(page, 200, { "Cache-Control": found.link === null ? PAGE_CACHE : PRIVATE });
});

embedRoutes.get("/embed/:explanation", (c) => respondPlayer(c, readTarget(c), PAGE_CACHE));

embedRoutes.get("/embed/:listener/:track", (c) => {
  const params = c.req.param();
  const listener = ListenerId.safeParse(params.listener);
  if (!listener.success) throw new ProblemError({ kind: "unknown-listener", id: params.listener });
  const track = TrackId.safeParse(params.track);
  if (!track.success) throw new ProblemError({ kind: "unknown-track", id: params.track });
  const target = { kind: "newest", listener: listener.data, track: track.data } as const;
  return respondPlayer(c, target, "no-cache");
});

function readOptions(c: Context<AppEnv>): EmbedOptions {
  const parsed = EmbedOptions.safeParse(c.req.query());
  if (parsed.success) return parsed.data;
  throw new ProblemError(badRequest("query", parsed.error));
}

async function respondPlayer(c: Context<AppEnv>, target: EmbedTarget, cacheControl: string) {
  const options = readOptions(c);
  const found = await findEmbedded(c.env, target);
  return c.html(renderEmbedPage(found, options), 200, {
    "Cache-Control": found.link === null ? cacheControl : PRIVATE,
  });
}
