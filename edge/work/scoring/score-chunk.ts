import type { WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import type { WorkerUpdate } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import { settingsOf } from "../../base/env.ts";
import { OF_KEYS } from "../../catalogue/failed-tracks.ts";
import { type ActiveModel, activeWholeModels } from "../../catalogue/models.ts";
import { storeScoreFailure, storeScores, unscoredTracks } from "../../catalogue/scores.ts";
import type { TrackFiles } from "../../catalogue/tracks.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { modelLink, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { foreign, leavingOutOnFailure, retryAt, TRACKS_PER_REQUEST } from "./tracks-request.ts";

/**
 * Has the next few tracks scored under a model that is used whole. Each track is stored as soon
 * as its line arrives, so a broken connection loses at most the track in work.
 *
 * @returns tracks settled (scored or recorded as impossible); 0 when none is missing
 * @throws WorkerFailure; the signal's reason on abort
 */
export async function scoreChunk(
  env: Env,
  encoderVersion: Sha256,
  signal: AbortSignal,
): Promise<number> {
  const tracks = await unscoredTracks(env.DB, encoderVersion, {
    limit: TRACKS_PER_REQUEST,
    now: new Date(),
  });
  if (tracks.length === 0) return 0;
  await scoreTracks(env, encoderVersion, tracks, signal);
  return tracks.length;
}

/**
 * The same of one uploaded track, by itself. One that fails is left out for a while.
 *
 * @returns whether one was due
 * @throws the signal's reason on abort
 */
export async function ownScoreChunk(
  env: Env,
  encoderVersion: Sha256,
  signal: AbortSignal,
): Promise<boolean> {
  const due = { limit: 1, now: new Date(), of: OF_KEYS };
  const [track] = await unscoredTracks(env.DB, encoderVersion, due);
  if (track === undefined) return false;
  await leavingOutOnFailure(env, encoderVersion, track, () =>
    scoreTracks(env, encoderVersion, [track], signal),
  );
  return true;
}

async function scoreTracks(
  env: Env,
  encoderVersion: Sha256,
  tracks: TrackFiles[],
  signal: AbortSignal,
): Promise<void> {
  const models = await activeWholeModels(env.DB, encoderVersion);
  const byId = new Map(models.map((active) => [active.model.id, active.model]));
  const open = new Map(tracks.map((track) => [track.track, track]));

  const request = await scoreRequest(env, models, tracks);
  const onUpdate = async (line: WorkerUpdate<"score">) => {
    if (line.kind === "progress") return;
    const files = open.get(line.track);
    if (files === undefined) throw foreign(`the track ${line.track}, which was not asked for`);
    const { track, soundSha256 } = files;
    if (line.kind === "track-failed") {
      const { reason } = line;
      const failure = { encoderVersion, track, soundSha256, reason, retryAt: retryAt(line) };
      await storeScoreFailure(env.DB, failure);
    } else {
      const scores = line.scores.map(({ model: id, logit, relevance }) => {
        const model = byId.get(id);
        if (model === undefined) throw foreign(`the model ${id}, which was not asked for`);
        return { model, logit, relevance };
      });
      if (new Set(scores.map((s) => s.model.id)).size !== models.length) {
        throw foreign(`${track} without one score for each model`);
      }
      await storeScores(env.DB, encoderVersion, { track, soundSha256, peaks: line.peaks, scores });
    }
    open.delete(track);
  };
  const requestId = crypto.randomUUID();
  await callWorker(settingsOf(env), "score", request, { signal, requestId, onUpdate });
  if (open.size > 0) throw foreign(`no answer for ${[...open.keys()].join(", ")}`);
}

async function scoreRequest(
  env: Env,
  models: ActiveModel[],
  tracks: TrackFiles[],
): Promise<WorkerScoreRequest> {
  const settings = settingsOf(env);
  const expiresAt = linkExpiry();
  return {
    models: await Promise.all(
      models.map(({ manifest }) => modelLink(settings, manifest, expiresAt)),
    ),
    tracks: await Promise.all(
      tracks.map(async (files) => ({
        id: files.track,
        sound: await soundLinks(settings, files, expiresAt),
      })),
    ),
  };
}
