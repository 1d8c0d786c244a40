import type { ListenerId, Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { column, firstRow, firstValue, floatBytes, hexFloats, statement } from "../../base/rows.ts";
import type { StoredEncoder } from "../encoders.ts";
import { deleteScoreFailure } from "../scores.ts";
import {
  FILE_COLUMNS,
  notFailed,
  PRIVATE_TRACKS,
  type TrackFiles,
  TrackFilesRow,
} from "../tracks.ts";
import type { TrackFeatures } from "./feature-blocks.ts";

/**
 * Features of uploaded tracks: in D1 beside the track's row, and deleted with it. Blocks hold none of
 * them, so they rank no listener's recommendations.
 */

/** Finds an uploaded track that is due and has no features of an encoder. @returns null if there is none */
export function ownTrackWithoutFeatures(
  db: D1Database,
  encoderVersion: Sha256,
  now: Date,
): Promise<TrackFiles | null> {
  return firstRow(
    db,
    TrackFilesRow,
    `SELECT ${FILE_COLUMNS} FROM tracks WHERE ${PRIVATE_TRACKS}
       AND NOT EXISTS (SELECT 1 FROM own_features WHERE own_features.encoder_version = ?1
         AND own_features.track = tracks.id AND own_features.sound_sha256 = tracks.sound_sha256)
       AND ${notFailed("?1", "?2")}
     ORDER BY tracks.id LIMIT 1`,
    ...[encoderVersion, now.toISOString()],
  );
}

/** Stores an uploaded track's features, unless the track was removed meanwhile. */
export async function storeOwnFeatures(
  db: D1Database,
  { version }: StoredEncoder,
  { track, soundSha256, features }: TrackFeatures,
): Promise<void> {
  await db.batch([
    statement(
      db,
      `INSERT INTO own_features (track, encoder_version, sound_sha256, features)
       SELECT id, ?2, sound_sha256, ?4 FROM tracks WHERE id = ?1 AND sound_sha256 = ?3
       ON CONFLICT (track, encoder_version) DO UPDATE SET
         sound_sha256 = excluded.sound_sha256, features = excluded.features`,
      ...[track, version, soundSha256, floatBytes(features)],
    ),
    deleteScoreFailure(db, version, track),
  ]);
}

/** Finds an uploaded track's features. @returns null if an encoder has none of its sound */
export function findOwnFeatures(
  db: D1Database,
  { version }: StoredEncoder,
  track: TrackId,
): Promise<Float32Array | null> {
  return firstValue(
    db,
    hexFloats,
    `SELECT hex(own_features.features) FROM own_features
     JOIN tracks ON tracks.id = own_features.track
       AND tracks.sound_sha256 = own_features.sound_sha256
     WHERE own_features.track = ? AND own_features.encoder_version = ?`,
    ...[track, version],
  );
}

/** Reads features of the uploaded tracks in a listening history, by falling play count. */
export function ownFeaturesHeard(
  db: D1Database,
  { version }: StoredEncoder,
  listener: ListenerId,
  limit: number,
): Promise<Float32Array[]> {
  return column(
    db,
    hexFloats,
    `SELECT hex(own_features.features) FROM listens
     JOIN own_features ON own_features.track = listens.track
       AND own_features.encoder_version = ?2
     WHERE listens.listener = ?1 ORDER BY listens.plays DESC, listens.track LIMIT ?3`,
    ...[listener, version, limit],
  );
}
