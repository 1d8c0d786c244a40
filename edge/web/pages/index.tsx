import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { ListenerProfile } from "@lemons/shared/contract/listener";
import { DEFAULT_RECOMMENDATIONS } from "@lemons/shared/contract/recommendation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { type Context, Hono } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import { ANONYMOUS } from "../../access/caller.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findListenerProfile, listListeners } from "../../catalogue/listeners.ts";
import { findTrack } from "../../catalogue/tracks.ts";
import { recommendationPage } from "../../work/scoring/recommendation-page.ts";
import { renderAdminPage } from "./admin-page.tsx";
import { renderComparePage } from "./compare-page.tsx";
import { DEFAULT_TYPE, explanationTypeOf } from "./explanation-type-of.ts";
import { renderGalleryPage } from "./gallery-page.tsx";
import { renderHomePage } from "./home-page.tsx";
import { renderHowItWorksPage } from "./how-it-works-page.tsx";
import { knownOf } from "./known-of.ts";
import { renderListenerPage } from "./listener-page.tsx";
import { renderTrackPage } from "./track-page.tsx";

/** More than anybody looks through on one page. */
const LISTENERS_SHOWN = 200;

/** Scores and explanations arrive at any moment: a page is asked for again, never reused blindly. */
function answer(c: Context<AppEnv>, page: string): Response | Promise<Response> {
  return c.html(page, 200, { "Cache-Control": "no-cache" });
}

/** An id that cannot exist is as unknown as one that does not. */
function listenerIdOf(c: Context<AppEnv>): ListenerId {
  const id = c.req.param("listener") ?? "";
  if (ListenerId.safeParse(id).success) return id;
  throw new ProblemError({ kind: "unknown-listener", id });
}

function recommendationsFor(env: Env, { id, model }: ListenerProfile) {
  if (model === null) return null;
  return recommendationPage(env, id, { limit: DEFAULT_RECOMMENDATIONS, after: undefined });
}

/** The track that the address names. @throws ProblemError unknown-track */
async function trackOf(c: Context<AppEnv>): Promise<TrackDetail> {
  const id = c.req.param("track") ?? "";
  const track = TrackId.safeParse(id).success ? await findTrack(c.env.DB, id, null) : null;
  if (track === null) throw new ProblemError({ kind: "unknown-track", id });
  return track;
}

/** The demo: choose a listener, see what is recommended, hear why. */
export const pages: Hono<AppEnv> = new Hono<AppEnv>();

pages.get("/", async (c) => {
  const { listeners } = await listListeners(c.env.DB, { limit: LISTENERS_SHOWN });
  return answer(c, renderHomePage(listeners));
});

pages.get("/how-it-works", (c) => answer(c, renderHowItWorksPage()));

pages.get("/admin", (c) => answer(c, renderAdminPage()));

pages.get("/gallery", (c) => answer(c, renderGalleryPage()));

pages.get("/listeners/:listener", async (c) => {
  const id = listenerIdOf(c);
  const profile = await findListenerProfile(c.env.DB, id, ANONYMOUS);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
  return answer(c, renderListenerPage(profile, await recommendationsFor(c.env, profile)));
});

pages.get("/listeners/:listener/tracks/:track", async (c) => {
  const listenerId = listenerIdOf(c);
  const type = explanationTypeOf(c);
  const track = await trackOf(c);
  const known = await knownOf(c.env, listenerId, track.id, type);
  return answer(c, renderTrackPage({ ...known, track, type }));
});

pages.get("/tracks/:track/compare", async (c) => {
  const track = await trackOf(c);
  const { listeners } = await listListeners(c.env.DB, { limit: LISTENERS_SHOWN });
  const a = c.req.query("a") ?? listeners[0]?.id ?? "";
  const b = c.req.query("b") ?? listeners.find(({ id }) => id !== a)?.id ?? "";
  const [first, second] = await Promise.all(
    [a, b].map((id) => knownOf(c.env, id, track.id, DEFAULT_TYPE)),
  );
  return answer(c, renderComparePage({ track, sides: [first!, second!], listeners }));
});
