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
import { renderComparePage } from "./compare-page.tsx";
import { DEFAULT_TYPE, readExplanationType } from "./explanation-types.tsx";
import { renderGalleryPage } from "./gallery-page.tsx";
import { renderHomePage } from "./home-page.tsx";
import { renderHowItWorksPage } from "./how-it-works-page.tsx";
import { renderPage } from "./layout.tsx";
import { renderListenerPage } from "./listener-page.tsx";
import { renderTrackPage } from "./track-page.tsx";
import { loadTrackView } from "./track-view.ts";

const MAX_LISTENERS = 200;

/** Responds with a page that browsers revalidate: scores and explanations can arrive at any moment. */
function respondPage(c: Context<AppEnv>, page: string): Response | Promise<Response> {
  return c.html(page, 200, { "Cache-Control": "no-cache" });
}

/** @throws ProblemError unknown-listener if the id is malformed */
function parseListenerId(id: string): ListenerId {
  const parsed = ListenerId.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new ProblemError({ kind: "unknown-listener", id });
}

function loadRecommendations(env: Env, { id, model }: ListenerProfile) {
  if (model === null) return null;
  return recommendationPage(env, id, { limit: DEFAULT_RECOMMENDATIONS, after: undefined });
}

/** Loads the public track of the path. @throws ProblemError unknown-track */
async function loadTrack(c: Context<AppEnv>): Promise<TrackDetail> {
  const id = c.req.param("track") ?? "";
  const parsed = TrackId.safeParse(id);
  const track = parsed.success ? await findTrack(c.env.DB, parsed.data, null) : null;
  if (track === null) throw new ProblemError({ kind: "unknown-track", id });
  return track;
}

/** Renders `/admin`. The script loads the content with the key that the administrator enters. */
function renderAdminPage(): string {
  return renderPage({
    title: "Administration",
    description: "Batches, failures and usage.",
    path: "/admin",
    children: (
      <>
        <h1>Administration</h1>
        <lemons-admin>
          <noscript>
            <p>This page needs JavaScript. Without it, use /v1/batches and /v1/usage.</p>
          </noscript>
        </lemons-admin>
      </>
    ),
  });
}

/** Pages of the demo's listeners and tracks, the method, the gallery and the administration. */
export const pageRoutes: Hono<AppEnv> = new Hono<AppEnv>();

pageRoutes.get("/", async (c) => {
  const { listeners } = await listListeners(c.env.DB, { limit: MAX_LISTENERS });
  return respondPage(c, renderHomePage(listeners));
});

pageRoutes.get("/how-it-works", (c) => respondPage(c, renderHowItWorksPage()));

pageRoutes.get("/admin", (c) => respondPage(c, renderAdminPage()));

pageRoutes.get("/gallery", (c) => respondPage(c, renderGalleryPage()));

pageRoutes.get("/listeners/:listener", async (c) => {
  const id = parseListenerId(c.req.param("listener"));
  const profile = await findListenerProfile(c.env.DB, id, ANONYMOUS);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
  return respondPage(c, renderListenerPage(profile, await loadRecommendations(c.env, profile)));
});

pageRoutes.get("/listeners/:listener/tracks/:track", async (c) => {
  const listenerId = parseListenerId(c.req.param("listener"));
  const type = readExplanationType(c);
  const track = await loadTrack(c);
  const view = await loadTrackView(c.env, listenerId, track.id, type);
  return respondPage(c, renderTrackPage({ ...view, track, type }));
});

pageRoutes.get("/tracks/:track/compare", async (c) => {
  const track = await loadTrack(c);
  const { listeners } = await listListeners(c.env.DB, { limit: MAX_LISTENERS });
  const a = c.req.query("a") ?? listeners[0]?.id ?? "";
  const b = c.req.query("b") ?? listeners.find(({ id }) => id !== a)?.id ?? "";
  const [first, second] = await Promise.all(
    [a, b].map((id) => loadTrackView(c.env, parseListenerId(id), track.id, DEFAULT_TYPE)),
  );
  return respondPage(c, renderComparePage({ track, sides: [first!, second!], listeners }));
});
