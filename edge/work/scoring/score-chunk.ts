import type { WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import type { WorkerUpdate } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { settingsOf } from "../../base/env.ts";
import { type ActiveModel, activeWholeModels } from "../../catalogue/models.ts";
import { storeScores, unscoredTracks } from "../../catalogue/scores.ts";
import { PRIVATE_TRACKS, type TrackFiles } from "../../catalogue/tracks.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { modelLink, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import {
  leaveOutOnFailure,
  requireSettled,
  settleTracks,
  skipAfterTwoCrashes,
  TRACKS_PER_REQUEST,
  unexpectedAnswer,
} from "./tracks-request.ts";

type ScoredTrack = Extract<WorkerUpdate<"score">, { kind: "score" }>;

/**
 * Has the gpu-worker score the next few catalogue tracks under models without a head. Stores each track
 * as soon as its line arrives, so a broken connection loses at most the track in progress.
 *
 * @param storage of the encoder's object
 * @returns number of tracks settled (scored or recorded as failed); 0 if no track is due
 * @throws WorkerFailure; the signal's reason on abort
 */
export async function scoreChunk(
  env: Env,
  storage: DurableObjectStorage,
  encoderVersion: Sha256,
  signal: AbortSignal,
): Promise<number> {
  const tracks = await unscoredTracks(env.DB, encoderVersion, {
    limit: TRACKS_PER_REQUEST,
    now: new Date(),
  });
  if (tracks.length === 0) return 0;
  await skipAfterTwoCrashes(env, storage, encoderVersion, tracks, (open) =>
    scoreTracks(env, encoderVersion, open, signal),
  );
  return tracks.length;
}

/**
 * Has the gpu-worker score one uploaded track, alone. A track that fails is left out for a while.
 *
 * @returns true if one was due
 * @throws the signal's reason on abort
 */
export async function ownScoreChunk(
  env: Env,
  encoderVersion: Sha256,
  signal: AbortSignal,
): Promise<boolean> {
  const due = { limit: 1, now: new Date(), among: PRIVATE_TRACKS };
  const [track] = await unscoredTracks(env.DB, encoderVersion, due);
  if (track === undefined) return false;
  await leaveOutOnFailure(env, encoderVersion, track, () =>
    scoreTracks(env, encoderVersion, new Map([[track.track, track]]), signal),
  );
  return true;
}

/** @param open tracks to score; each that is settled is deleted */
async function scoreTracks(
  env: Env,
  encoderVersion: Sha256,
  open: Map<TrackId, TrackFiles>,
  signal: AbortSignal,
): Promise<void> {
  const models = await activeWholeModels(env.DB, encoderVersion);
  const byId = new Map(models.map((active) => [active.model.id, active.model]));

  const request = await scoreRequest(env, models, [...open.values()]);
  const onUpdate = settleTracks(env, encoderVersion, open, async (line: ScoredTrack, files) => {
    const { track, soundSha256 } = files;
    const scores = line.scores.map(({ model: id, logit, relevance }) => {
      const model = byId.get(id);
      if (model === undefined) throw unexpectedAnswer(`the model ${id}, which was not requested`);
      return { model, logit, relevance };
    });
    if (new Set(scores.map((s) => s.model.id)).size !== models.length) {
      throw unexpectedAnswer(`${track} without one score for each model`);
    }
    await storeScores(env.DB, encoderVersion, { track, soundSha256, peaks: line.peaks, scores });
  });
  const requestId = crypto.randomUUID();
  await callWorker(settingsOf(env), "score", request, { signal, requestId, onUpdate });
  requireSettled(open);
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
