import { ExplanationRequest, ExplanationType } from "@lemons/shared/contract/explanation-request";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { ListenerProfile } from "@lemons/shared/contract/listener";
import { DEFAULT_RECOMMENDATIONS } from "@lemons/shared/contract/recommendation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { type Context, Hono } from "hono";
import { findListener, findListenerProfile, listListeners } from "../catalogue/listeners.ts";
import { activeModel } from "../catalogue/models.ts";
import { findTrack } from "../catalogue/tracks.ts";
import { jobOf } from "../explanations/find.ts";
import { resolveQuestion } from "../explanations/identity.ts";
import { findExplanation } from "../explanations/store.ts";
import type { AppEnv } from "../http/app-env.ts";
import { isActive } from "../jobs/flight-record.ts";
import { badRequest } from "../problems/bad-request.ts";
import { ProblemError } from "../problems/problem.ts";
import { scoreOfTrack } from "../scoring/fresh-scores.ts";
import { recommendationPage } from "../scoring/recommendation-page.ts";
import { tableAtHand } from "../tables/table-at-hand.ts";
import { renderAdminPage } from "./admin-page.tsx";
import { type ComparedListener, renderComparePage } from "./compare-page.tsx";
import { renderGalleryPage } from "./gallery-page.tsx";
import { renderHomePage } from "./home-page.tsx";
import { renderHowItWorksPage } from "./how-it-works-page.tsx";
import { renderListenerPage } from "./listener-page.tsx";
import { renderTrackPage } from "./track-page.tsx";

/** More than anybody looks through on one page. */
const LISTENERS_SHOWN = 200;
const DEFAULT_TYPE: ExplanationType = "time+source";

/** Scores and explanations arrive at any moment: a page is asked for again, never reused blindly. */
function answer(c: Context<AppEnv>, page: string): Response | Promise<Response> {
  return c.html(page, 200, { "Cache-Control": "no-cache" });
}

/** The type that the address names, or the default. @throws ProblemError where it names no type */
function typeOf(c: Context<AppEnv>): ExplanationType {
  // In a query "+" stands for a space, and people type it.
  const text = c.req.query("type")?.replace(" ", "+");
  if (text === undefined) return DEFAULT_TYPE;
  const parsed = ExplanationType.safeParse(text, { error: () => typeFault });
  if (parsed.success) return parsed.data;
  throw new ProblemError(badRequest("query", parsed.error));
}
const typeFault = `type must be one of ${ExplanationType.options.join(", ")}`;

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

/** What is known of a track for a listener: its score and its explanation, or how far that is. */
async function knownOf(
  env: Env,
  listenerId: ListenerId,
  trackId: TrackId,
  type: ExplanationType,
): Promise<ComparedListener> {
  const { DB, BUCKET } = env;
  const [listener, model] = await Promise.all([
    findListener(DB, listenerId),
    activeModel(DB, listenerId),
  ]);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  if (model === null) throw new ProblemError({ kind: "no-model", listener: listenerId });
  const question = ExplanationRequest.parse({ listener: listenerId, track: trackId, type });
  const asked = await resolveQuestion(DB, question);
  const { id } = asked;
  const [score, stored, status, table] = await Promise.all([
    scoreOfTrack(env, model, trackId),
    findExplanation(BUCKET, id),
    jobOf(env, id).status(),
    tableAtHand(BUCKET, asked),
  ]);
  // With a table it takes no longer than a page: nobody needs to press a button for it.
  const isQuick = table !== null;
  const explanation = stored?.explanation ?? null;
  return {
    listener,
    relevance: score?.relevance ?? explanation?.relevance ?? null,
    explanation,
    running: isQuick || (status !== null && isActive(status.job)),
  };
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
  const profile = await findListenerProfile(c.env.DB, id);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
  return answer(c, renderListenerPage(profile, await recommendationsFor(c.env, profile)));
});

pages.get("/listeners/:listener/tracks/:track", async (c) => {
  const listenerId = listenerIdOf(c);
  const type = typeOf(c);
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
