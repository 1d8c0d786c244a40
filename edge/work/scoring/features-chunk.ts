import type { WorkerFeaturesRequest } from "@lemons/shared/contract/gpu-worker";
import type { WorkerUpdate } from "@lemons/shared/contract/gpu-worker-endpoints";
import { settingsOf } from "../../base/env.ts";
import { type Encoder, storeSilence } from "../../catalogue/encoders.ts";
import { storeFeatures, tracksWithoutFeatures } from "../../catalogue/features/feature-store.ts";
import {
  ownTrackWithoutFeatures,
  storeOwnFeatures,
} from "../../catalogue/features/own-features.ts";
import type { TrackFeatures } from "../../catalogue/features/track-features.ts";
import { storeScoreFailure } from "../../catalogue/scores.ts";
import type { TrackFiles } from "../../catalogue/tracks.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { encoderLink, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { foreign, leavingOutOnFailure, retryAt, TRACKS_PER_REQUEST } from "./tracks-request.ts";

/**
 * Has the next few tracks pooled by an encoder, and stores what comes, also where the answer breaks off:
 * at most the track in work is lost.
 *
 * @returns tracks settled (stored or recorded as impossible); 0 when none is missing
 * @throws WorkerFailure; the signal's reason on abort
 */
export async function featuresChunk(
  env: Env,
  encoder: Encoder,
  signal: AbortSignal,
): Promise<number> {
  const { version: encoderVersion } = encoder;
  const tracks = await tracksWithoutFeatures(env.DB, encoderVersion, {
    limit: TRACKS_PER_REQUEST,
    now: new Date(),
  });
  if (tracks.length === 0) return 0;
  const found: TrackFeatures[] = [];
  try {
    await poolTracks(env, encoder, tracks, found, signal);
  } finally {
    await storeFeatures(env, encoder, found);
  }
  return tracks.length;
}

/**
 * Has one uploaded track pooled, by itself. One that fails is left out for a while.
 *
 * @returns whether one was due
 * @throws the signal's reason on abort
 */
export async function ownFeaturesChunk(
  env: Env,
  encoder: Encoder,
  signal: AbortSignal,
): Promise<boolean> {
  const track = await ownTrackWithoutFeatures(env.DB, encoder.version, new Date());
  if (track === null) return false;
  await leavingOutOnFailure(env, encoder.version, track, async () => {
    const found: TrackFeatures[] = [];
    await poolTracks(env, encoder, [track], found, signal);
    for (const each of found) await storeOwnFeatures(env.DB, encoder, each);
  });
  return true;
}

/** @param found what comes is put here, also where the answer breaks off */
async function poolTracks(
  env: Env,
  encoder: Encoder,
  tracks: TrackFiles[],
  found: TrackFeatures[],
  signal: AbortSignal,
): Promise<void> {
  const encoderVersion = encoder.version;
  const open = new Map(tracks.map((track) => [track.track, track]));
  const request = await featuresRequest(env, encoder, tracks);
  const onUpdate = async (line: WorkerUpdate<"features">) => {
    if (line.kind === "progress") return;
    const files = open.get(line.track);
    if (files === undefined) throw foreign(`the track ${line.track}, which was not asked for`);
    const { track, soundSha256 } = files;
    if (line.kind === "track-failed") {
      const { reason } = line;
      const failure = { encoderVersion, track, soundSha256, reason, retryAt: retryAt(line) };
      await storeScoreFailure(env.DB, failure);
    } else {
      const features = featuresOf(line.features, encoder);
      found.push({ track, soundSha256, features, peaks: line.peaks });
    }
    open.delete(track);
  };
  const requestId = crypto.randomUUID();
  const call = { signal, requestId, onUpdate };
  const { silence } = await callWorker(settingsOf(env), "features", request, call);
  if (encoder.silence === null) {
    await storeSilence(env.DB, encoderVersion, featuresOf(silence, encoder));
  }
  if (open.size > 0) throw foreign(`no answer for ${[...open.keys()].join(", ")}`);
}

async function featuresRequest(
  env: Env,
  encoder: Encoder,
  tracks: TrackFiles[],
): Promise<WorkerFeaturesRequest> {
  const settings = settingsOf(env);
  const expiresAt = linkExpiry();
  return {
    encoder: await encoderLink(settings, encoder, expiresAt),
    tracks: await Promise.all(
      tracks.map(async (files) => ({
        id: files.track,
        sound: await soundLinks(settings, files, expiresAt),
      })),
    ),
  };
}

/** @throws WorkerFailure where it is not as many finite numbers as the encoder has features */
function featuresOf(base64: string, { features: count }: Encoder): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (bytes.length !== 4 * count) {
    throw foreign(`features of ${bytes.length} bytes where ${4 * count} were expected`);
  }
  const view = new DataView(bytes.buffer);
  const features = Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
  if (!features.every(Number.isFinite)) {
    throw new WorkerFailure("The gpu-worker answered features that are not finite.", {
      retryable: true,
    });
  }
  return features;
}
