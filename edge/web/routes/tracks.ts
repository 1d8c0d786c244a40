import { createRoute, z } from "@hono/zod-openapi";
import {
  trackDetailExample,
  trackExample,
  trackPageExample,
  trackScorePageExample,
  uploadExample,
} from "@lemons/shared/contract/catalogue.example";
import { TrackId } from "@lemons/shared/contract/identifier";
import {
  DEFAULT_TRACK_SCORES,
  MAX_TRACK_SCORES,
  TrackScorePage,
} from "@lemons/shared/contract/recommendation";
import { TrackDetail, TrackPage, Upload } from "@lemons/shared/contract/track";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { readCursor, writeCursor } from "../../base/http/cursor.ts";
import { serveObject } from "../../base/http/serve-object.ts";
import { audioKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { ListenerPlace } from "../../catalogue/listeners.ts";
import { isUploadId } from "../../catalogue/own-ids.ts";
import { findTrackFiles, listTracks } from "../../catalogue/tracks.ts";
import { resolveTrackReader } from "../../work/explanations/resolve-reader.ts";
import { trackScorePage } from "../../work/scoring/track-scores.ts";
import { findUploadedTrack } from "../../work/uploads/upload-track.ts";
import { createRouter } from "./create-app.ts";
import { conditional, conditionalRange, pageQuery, signedLinkOfExplanation } from "./parameters.ts";
import {
  badRequest,
  decodingFailed,
  json,
  linkRefusals,
  notModified,
  problem,
  ranged,
  refusals,
  undecodable,
  unknownTrack,
} from "./responses.ts";

const DEFAULT_TRACKS = 50;
const MAX_TRACKS = 100;
/** An hour, because a new catalogue can replace a track's audio. */
const AUDIO_CACHE_CONTROL = "public, max-age=3600";

const params = z.object({ track: TrackId });

const getTracks = createRoute({
  method: "get",
  path: "/v1/tracks",
  summary: "List tracks",
  description: "Public tracks, and the private tracks of the caller.",
  request: {
    query: pageQuery(DEFAULT_TRACKS, MAX_TRACKS, trackExample.id).extend({
      mine: z
        .enum(["true", "false"])
        .default("false")
        .describe("`true` lists only the caller's private tracks")
        .meta({ example: "false" }),
    }),
    ...conditional,
  },
  responses: {
    200: json("a page of tracks, by id", TrackPage, trackPageExample, "Cache-Control", "ETag"),
    304: notModified,
    400: badRequest,
    ...refusals,
  },
});

const getTrack = createRoute({
  method: "get",
  path: "/v1/tracks/{track}",
  summary: "Get a track with its waveform",
  request: { params, ...signedLinkOfExplanation, ...conditional },
  responses: {
    200: json(
      "the track, with author, licence and changes",
      TrackDetail,
      trackDetailExample,
      "Cache-Control",
      "ETag",
    ),
    202: json("an upload that is still being decoded", Upload, uploadExample, "Cache-Control"),
    304: notModified,
    400: badRequest,
    ...linkRefusals,
    404: problem("no such track", unknownTrack),
    422: problem("an upload that can't be decoded; `detail` has the reason", undecodable),
    502: problem("an upload whose decoding failed after every attempt", decodingFailed),
  },
});

const getAudio = createRoute({
  method: "get",
  path: "/v1/tracks/{track}/audio",
  summary: "Get the audio of a track",
  request: { params, ...signedLinkOfExplanation, ...conditionalRange },
  responses: {
    ...ranged("audio/*"),
    400: badRequest,
    ...linkRefusals,
    404: problem("no such track", unknownTrack),
  },
});

const getScores = createRoute({
  method: "get",
  path: "/v1/tracks/{track}/scores",
  summary: "List the scores of a track for each listener",
  description:
    "For public listeners and the caller's own, whether or not they have played the track. The track passes through each encoder once, for any number of listeners. The first request starts the computation of missing scores.",
  request: { params, query: pageQuery(DEFAULT_TRACK_SCORES, MAX_TRACK_SCORES, 1) },
  responses: {
    200: json(
      "a page of scores, by listener",
      TrackScorePage,
      trackScorePageExample,
      "Cache-Control",
    ),
    400: badRequest,
    ...refusals,
    404: problem("no such track", unknownTrack),
  },
});

export const trackRoutes = createRouter()
  .openapi(getTracks, async (c) => {
    const { limit, cursor, mine } = c.req.valid("query");
    const viewer = c.get("caller").owner;
    const after = cursor === undefined ? undefined : readCursor(cursor, TrackId);
    const found = await listTracks(c.env.DB, {
      limit: limit + 1,
      after,
      viewer,
      mine: mine === "true",
    });
    const tracks = found.slice(0, limit);
    const last = tracks.at(-1);
    const nextCursor = found.length > limit && last ? writeCursor(last.id) : null;
    return c.json({ tracks, nextCursor }, 200);
  })
  .openapi(getTrack, async (c) => {
    const { track: id } = c.req.valid("param");
    const track = await findUploadedTrack(c.env, id, (await resolveTrackReader(c, id)).owner);
    if (isUploadId(id)) c.header("Cache-Control", PRIVATE);
    return "state" in track ? c.json(track, 202) : c.json(track, 200);
  })
  .openapi(getScores, async (c) => {
    const { track } = c.req.valid("param");
    const { limit, cursor } = c.req.valid("query");
    const viewer = c.get("caller");
    if ((await findTrackFiles(c.env.DB, track, viewer.owner)) === null) {
      throw new ProblemError({ kind: "unknown-track", id: track });
    }
    const after = cursor === undefined ? undefined : readCursor(cursor, ListenerPlace);
    const page = await trackScorePage(c.env, track, { limit, after, viewer });
    const isComplete = page.missing.length === 0;
    c.header(
      "Cache-Control",
      viewer.owner !== null ? PRIVATE : isComplete ? "no-cache" : "no-store",
    );
    return c.json(page, 200);
  })
  .openapi(getAudio, async (c) => {
    const { track: id } = c.req.valid("param");
    const files = await findTrackFiles(c.env.DB, id, (await resolveTrackReader(c, id)).owner);
    if (files === null) throw new ProblemError({ kind: "unknown-track", id });
    return serveObject(c, {
      key: audioKey(files.audioSha256),
      contentType: files.audioType,
      cacheControl: files.owner === null ? AUDIO_CACHE_CONTROL : PRIVATE,
    });
  });
