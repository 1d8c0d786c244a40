import type { WorkerFeaturesRequest } from "@lemons/shared/contract/gpu-worker";
import type { WorkerUpdate } from "@lemons/shared/contract/gpu-worker-endpoints";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { settingsOf } from "../../base/env.ts";
import { type StoredEncoder, storeSilence } from "../../catalogue/encoders.ts";
import type { TrackFeatures } from "../../catalogue/features/feature-blocks.ts";
import { storeFeatures, tracksWithoutFeatures } from "../../catalogue/features/feature-store.ts";
import {
  ownTrackWithoutFeatures,
  storeOwnFeatures,
} from "../../catalogue/features/own-features.ts";
import type { TrackFiles } from "../../catalogue/tracks.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { encoderLink, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import {
  leaveOutOnFailure,
  requireSettled,
  settleTracks,
  skipAfterTwoCrashes,
  TRACKS_PER_REQUEST,
  unexpectedAnswer,
} from "./tracks-request.ts";

type PooledTrack = Extract<WorkerUpdate<"features">, { kind: "features" }>;

/**
 * Has the gpu-worker pool the next few catalogue tracks. Stores what arrives even if the response breaks
 * off: at most the track in progress is lost.
 *
 * @param storage of the encoder's object
 * @returns number of tracks settled (stored or recorded as failed); 0 if no track is due
 * @throws WorkerFailure; the signal's reason on abort
 */
export async function featuresChunk(
  env: Env,
  storage: DurableObjectStorage,
  encoder: StoredEncoder,
  signal: AbortSignal,
): Promise<number> {
  const { version: encoderVersion } = encoder;
  const tracks = await tracksWithoutFeatures(env.DB, encoderVersion, {
    limit: TRACKS_PER_REQUEST,
    now: new Date(),
  });
  if (tracks.length === 0) return 0;
  await skipAfterTwoCrashes(env, storage, encoderVersion, tracks, async (open) => {
    const found: TrackFeatures[] = [];
    try {
      await poolTracks(env, encoder, open, found, signal);
    } finally {
      await storeFeatures(env, encoder, found);
    }
  });
  return tracks.length;
}

/**
 * Has the gpu-worker pool one uploaded track, alone. A track that fails is left out for a while.
 *
 * @returns true if one was due
 * @throws the signal's reason on abort
 */
export async function ownFeaturesChunk(
  env: Env,
  encoder: StoredEncoder,
  signal: AbortSignal,
): Promise<boolean> {
  const track = await ownTrackWithoutFeatures(env.DB, encoder.version, new Date());
  if (track === null) return false;
  await leaveOutOnFailure(env, encoder.version, track, async () => {
    const found: TrackFeatures[] = [];
    await poolTracks(env, encoder, new Map([[track.track, track]]), found, signal);
    for (const each of found) await storeOwnFeatures(env.DB, encoder, each);
  });
  return true;
}

/**
 * @param open tracks to pool; each that is settled is deleted
 * @param found receives what arrives, even if the response breaks off
 */
async function poolTracks(
  env: Env,
  encoder: StoredEncoder,
  open: Map<TrackId, TrackFiles>,
  found: TrackFeatures[],
  signal: AbortSignal,
): Promise<void> {
  const encoderVersion = encoder.version;
  const request = await featuresRequest(env, encoder, [...open.values()]);
  const onUpdate = settleTracks(env, encoderVersion, open, (line: PooledTrack, files) => {
    const { track, soundSha256 } = files;
    const features = featuresOf(line.features, encoder);
    found.push({ track, soundSha256, features, peaks: line.peaks });
  });
  const requestId = crypto.randomUUID();
  const call = { signal, requestId, onUpdate };
  const { silence } = await callWorker(settingsOf(env), "features", request, call);
  if (encoder.silence === null) {
    await storeSilence(env.DB, encoderVersion, featuresOf(silence, encoder));
  }
  requireSettled(open);
}

async function featuresRequest(
  env: Env,
  encoder: StoredEncoder,
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

/** Decodes features. @throws WorkerFailure if they are not finite or not as many as the encoder has */
function featuresOf(base64: string, { features: count }: StoredEncoder): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (bytes.length !== 4 * count) {
    throw unexpectedAnswer(`${bytes.length} bytes of features instead of ${4 * count}`);
  }
  const view = new DataView(bytes.buffer);
  const features = Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
  if (!features.every(Number.isFinite)) {
    throw unexpectedAnswer("features that are not finite");
  }
  return features;
}
