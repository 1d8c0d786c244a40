import type { ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { type Encoder, floatsOfHex } from "../encoders.ts";
import { notFailed, OF_KEYS } from "../failed-tracks.ts";
import { FILE_COLUMNS, parseTrackFiles, type TrackFiles } from "../tracks.ts";
import { floatBytes } from "./float-bytes.ts";
import type { TrackFeatures } from "./track-features.ts";

/**
 * Features of tracks that keys have uploaded: in D1 beside the track's row, with which they go. No block
 * has them, so nobody's recommendations are ranked by them.
 */

/** An uploaded track that an encoder has no features of and that is due, or null. */
export async function ownTrackWithoutFeatures(
  db: D1Database,
  encoderVersion: Sha256,
  now: Date,
): Promise<TrackFiles | null> {
  const { results } = await db
    .prepare(
      `SELECT ${FILE_COLUMNS} FROM tracks WHERE ${OF_KEYS}
         AND NOT EXISTS (SELECT 1 FROM own_features WHERE own_features.encoder_version = ?1
           AND own_features.track = tracks.id AND own_features.sound_sha256 = tracks.sound_sha256)
         AND ${notFailed("?1", "?2")}
       ORDER BY tracks.id LIMIT 1`,
    )
    .bind(encoderVersion, now.toISOString())
    .all();
  return parseTrackFiles(results)[0] ?? null;
}

/** Stores an uploaded track's features, unless it was removed meanwhile. */
export async function storeOwnFeatures(
  db: D1Database,
  { version }: Encoder,
  { track, soundSha256, features }: TrackFeatures,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT INTO own_features (track, encoder_version, sound_sha256, features)
         SELECT id, ?2, ?3, ?4 FROM tracks WHERE id = ?1
         ON CONFLICT (track, encoder_version) DO UPDATE SET
           sound_sha256 = excluded.sound_sha256, features = excluded.features`,
      )
      .bind(track, version, soundSha256, floatBytes(features)),
    db
      .prepare("DELETE FROM score_failures WHERE encoder_version = ? AND track = ?")
      .bind(version, track),
  ]);
}

const FeaturesRow = z.object({ features: z.string() });

/** An uploaded track's features, or null where an encoder has none of its sound. */
export async function findOwnFeatures(
  db: D1Database,
  { version }: Encoder,
  track: TrackId,
): Promise<Float32Array | null> {
  const row = await db
    .prepare(
      `SELECT hex(own_features.features) AS features FROM own_features
       JOIN tracks ON tracks.id = own_features.track
         AND tracks.sound_sha256 = own_features.sound_sha256
       WHERE own_features.track = ? AND own_features.encoder_version = ?`,
    )
    .bind(track, version)
    .first();
  return row === null ? null : floatsOfHex(FeaturesRow.parse(row).features);
}

/** Features of the uploaded tracks that a listener has listened to, those played most often first. */
export async function ownFeaturesHeard(
  db: D1Database,
  { version }: Encoder,
  listener: ListenerId,
  limit: number,
): Promise<Float32Array[]> {
  const { results } = await db
    .prepare(
      `SELECT hex(own_features.features) AS features FROM listens
       JOIN own_features ON own_features.track = listens.track
         AND own_features.encoder_version = ?2
       WHERE listens.listener = ?1 ORDER BY listens.plays DESC, listens.track LIMIT ?3`,
    )
    .bind(listener, version, limit)
    .all();
  return z
    .array(FeaturesRow)
    .parse(results)
    .map(({ features }) => floatsOfHex(features));
}
