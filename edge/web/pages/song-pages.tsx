import type { ExplanationType } from "@lemons/shared/contract/explanation-request";
import { TrackId } from "@lemons/shared/contract/identifier";
import { Hono } from "hono";
import type { AppEnv } from "../../access/app-env.ts";
import type { Viewer, Visitor } from "../../access/caller.ts";
import { areVisitorUploadsAllowed } from "../../access/visitor.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { listListeners } from "../../catalogue/listeners.ts";
import { findFreeTrack } from "../../catalogue/tracks.ts";
import { trackScorePage } from "../../work/scoring/track-scores.ts";
import { findUploadedTrack } from "../../work/uploads/find-uploaded-track.ts";
import { findUpload, type UploadRow, uploadsOf } from "../../work/uploads/uploads.ts";
import { explanationTypeOf } from "./explanation-type-of.ts";
import { knownOf } from "./known-of.ts";
import { renderOwnSongPage, type SongState } from "./own-song-page.tsx";
import { renderSongPage } from "./song-page.tsx";

/** More than anybody chooses from on one page. */
const LISTENERS_SHOWN = 200;
const HEADERS = { "Cache-Control": PRIVATE };

/** A song of one's own: uploaded, explained, deleted. */
export const songPages: Hono<AppEnv> = new Hono<AppEnv>();

songPages.get("/song", async (c) => {
  const { DB } = c.env;
  const { visitor } = c.get("caller");
  const [{ listeners }, example, songs] = await Promise.all([
    listListeners(DB, { limit: LISTENERS_SHOWN }),
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

songPages.get("/song/:track/:listener", async (c) => {
  const { track: id, listener: listenerId } = c.req.param();
  const type = explanationTypeOf(c);
  const { visitor } = c.get("caller");
  const upload = await ownUpload(c.env, id, visitor);
  const { listeners } = await listListeners(c.env.DB, { limit: LISTENERS_SHOWN });
  const listener = listeners.find((each) => each.id === listenerId);
  if (listener === undefined) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  const state = await stateOf(c.env, upload, listenerId, type, c.get("caller"));
  const { title, artist } = upload;
  const page = renderOwnSongPage({
    ...{ id, title, artist, state, listeners, listener },
    keptUntil: visitor!.expiresAt,
  });
  return c.html(page, 200, HEADERS);
});

/** @throws ProblemError unknown-song: what is not the visitor's own is not there */
async function ownUpload(env: Env, id: string, visitor: Visitor | null): Promise<UploadRow> {
  const isId = visitor !== null && TrackId.safeParse(id).success;
  const upload = isId ? await findUpload(env.DB, id) : null;
  if (upload === null || upload.owner !== visitor?.id)
    throw new ProblemError({ kind: "unknown-song" });
  return upload;
}

async function stateOf(
  env: Env,
  { id, owner }: UploadRow,
  listener: string,
  type: ExplanationType,
  viewer: Viewer,
): Promise<SongState> {
  try {
    const track = await findUploadedTrack(env, id, owner);
    if ("state" in track) return { kind: "probing", reason: track.reason };
    const known = await knownOf(env, listener, id, type, owner);
    // The explanation comes first: nobody asked for the scores.
    const start = known.explanation !== null;
    const scores = await trackScorePage(env, id, { limit: LISTENERS_SHOWN, viewer, start });
    return { kind: "ready", track, type, known, scores };
  } catch (error) {
    const failure = error instanceof ProblemError ? error.failure : null;
    if (failure?.kind === "input-unusable" || failure?.kind === "upload-failed") {
      return { kind: "unusable", reason: failure.reason };
    }
    throw error;
  }
}
