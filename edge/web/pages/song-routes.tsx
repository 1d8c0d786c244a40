import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { type ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { Hono } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import type { Viewer, Visitor } from "../../access/caller.ts";
import { areVisitorUploadsAllowed } from "../../access/visitor.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { listListeners } from "../../catalogue/listeners.ts";
import { findFreeTrack } from "../../catalogue/tracks.ts";
import { trackScorePage } from "../../work/scoring/track-scores.ts";
import { findUploadedTrack } from "../../work/uploads/upload-track.ts";
import { findUpload, type UploadRow, uploadsOf } from "../../work/uploads/uploads.ts";
import { readExplanationType } from "./explanation-types.tsx";
import { renderOwnSongPage, type SongState } from "./own-song-page.tsx";
import { renderSongPage } from "./song-page.tsx";
import { loadTrackView } from "./track-view.ts";

const MAX_LISTENERS = 200;
const HEADERS = { "Cache-Control": PRIVATE };

/** Pages where visitors upload songs and open them again. */
export const songRoutes: Hono<AppEnv> = new Hono<AppEnv>();

songRoutes.get("/song", async (c) => {
  const { DB } = c.env;
  const { visitor } = c.get("caller");
  const [{ listeners }, example, songs] = await Promise.all([
    listListeners(DB, { limit: MAX_LISTENERS }),
    findFreeTrack(DB),
    visitor === null ? [] : uploadsOf(DB, visitor.id),
  ]);
  const page = renderSongPage({
    listeners,
    example,
    isOpen: areVisitorUploadsAllowed(c.env),
    songs,
    keptUntil: songs.length > 0 ? (visitor?.expiresAt ?? null) : null,
  });
  return c.html(page, 200, HEADERS);
});

songRoutes.get("/song/:track/:listener", async (c) => {
  const { track: trackId, listener: listenerId } = c.req.param();
  const type = readExplanationType(c);
  const { visitor } = c.get("caller");
  const upload = await findOwnUpload(c.env, trackId, visitor);
  const { listeners } = await listListeners(c.env.DB, { limit: MAX_LISTENERS });
  const listener = listeners.find((each) => each.id === listenerId);
  if (listener === undefined) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  const state = await loadSongState(c.env, upload, listener.id, type, c.get("caller"));
  const { id, title, artist } = upload;
  const page = renderOwnSongPage({
    ...{ id, title, artist, state, listeners, listener },
    keptUntil: visitor!.expiresAt,
  });
  return c.html(page, 200, HEADERS);
});

/** Finds an upload of the visitor. @throws ProblemError unknown-song, also for other visitors' uploads */
async function findOwnUpload(
  env: Env,
  trackId: string,
  visitor: Visitor | null,
): Promise<UploadRow> {
  const id = TrackId.safeParse(trackId);
  const upload = visitor !== null && id.success ? await findUpload(env.DB, id.data) : null;
  if (upload === null || upload.owner !== visitor?.id)
    throw new ProblemError({ kind: "unknown-song" });
  return upload;
}

async function loadSongState(
  env: Env,
  { id, owner }: UploadRow,
  listener: ListenerId,
  type: ExplanationType,
  viewer: Viewer,
): Promise<SongState> {
  try {
    const track = await findUploadedTrack(env, id, owner);
    if ("state" in track) return { kind: "probing", reason: track.reason };
    const view = await loadTrackView(env, listener, id, type, owner);
    // The visitor asked for the explanation, so the other scores wait for it.
    const start = view.explanation !== null;
    const scores = await trackScorePage(env, id, { limit: MAX_LISTENERS, viewer, start });
    return { kind: "ready", track, type, view, scores };
  } catch (error) {
    const failure = error instanceof ProblemError ? error.failure : null;
    if (failure?.kind === "input-unusable" || failure?.kind === "upload-failed") {
      return { kind: "unusable", reason: failure.reason };
    }
    throw error;
  }
}
