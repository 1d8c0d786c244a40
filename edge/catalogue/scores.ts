import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { Model } from "@lemons/shared/contract/model";
import { z } from "zod";
import { FILE_COLUMNS, parseTrackFiles, type TrackFiles } from "./tracks.ts";

/** How many tracks of the catalogue a model has scored. */
export interface ScoringProgress {
  scored: number;
  failed: number;
  total: number;
}

/**
 * How far the scoring of the catalogue under a model is. A failure counts until it is due to be tried
 * again.
 */
export async function scoringProgress(
  db: D1Database,
  model: Model,
  now: Date,
): Promise<ScoringProgress> {
  const row = await db
    .prepare(
      `SELECT count(*) AS total, count(scores.track) AS scored,
         count(CASE WHEN scores.track IS NULL THEN score_failures.track END) AS failed
       FROM tracks
       LEFT JOIN scores ON scores.track = tracks.id AND scores.sound_sha256 = tracks.sound_sha256
         AND scores.model_id = ?1 AND scores.model_version = ?2
       LEFT JOIN score_failures ON score_failures.track = tracks.id
         AND score_failures.sound_sha256 = tracks.sound_sha256
         AND score_failures.encoder_version = ?3 AND score_failures.retry_at > ?4`,
    )
    .bind(model.id, model.version, model.encoderVersion, now.toISOString())
    .first();
  return z.object({ total: z.int(), scored: z.int(), failed: z.int() }).parse(row);
}

/** Tracks that at least one active model of the encoder has not scored and that are due, by id. */
export async function unscoredTracks(
  db: D1Database,
  encoderVersion: Sha256,
  { limit, now }: { limit: number; now: Date },
): Promise<TrackFiles[]> {
  const { results } = await db
    .prepare(
      `SELECT ${FILE_COLUMNS} FROM tracks
       WHERE EXISTS (
         SELECT 1 FROM models WHERE models.active = 1 AND models.encoder_version = ?1
           AND NOT EXISTS (
             SELECT 1 FROM scores WHERE scores.model_id = models.id
               AND scores.model_version = models.version AND scores.track = tracks.id
               AND scores.sound_sha256 = tracks.sound_sha256))
       AND NOT EXISTS (
         SELECT 1 FROM score_failures WHERE score_failures.encoder_version = ?1
           AND score_failures.track = tracks.id
           AND score_failures.sound_sha256 = tracks.sound_sha256
           AND score_failures.retry_at > ?2)
       ORDER BY tracks.id LIMIT ?3`,
    )
    .bind(encoderVersion, now.toISOString(), limit)
    .all();
  return parseTrackFiles(results);
}

/** What the gpu-worker found out about one track. */
export interface TrackScores {
  track: TrackId;
  soundSha256: Sha256;
  peaks: readonly number[];
  scores: readonly { model: Model; logit: number; relevance: number }[];
}

/** Stores a track's scores under every model and its waveform, all or nothing. */
export async function storeScores(
  db: D1Database,
  encoderVersion: Sha256,
  { track, soundSha256, peaks, scores }: TrackScores,
): Promise<void> {
  const insert = db.prepare(
    `INSERT INTO scores (model_id, model_version, track, sound_sha256, logit, relevance)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (model_id, model_version, track) DO UPDATE SET
       sound_sha256 = excluded.sound_sha256, logit = excluded.logit, relevance = excluded.relevance`,
  );
  await db.batch([
    db
      .prepare("UPDATE tracks SET peaks = ? WHERE id = ? AND sound_sha256 = ?")
      .bind(JSON.stringify(peaks), track, soundSha256),
    db
      .prepare("DELETE FROM score_failures WHERE encoder_version = ? AND track = ?")
      .bind(encoderVersion, track),
    ...scores.map(({ model, logit, relevance }) =>
      insert.bind(model.id, model.version, track, soundSha256, logit, relevance),
    ),
  ]);
}

/** Records that a track cannot be scored, and when to try again. */
export async function storeScoreFailure(
  db: D1Database,
  failure: {
    encoderVersion: Sha256;
    track: TrackId;
    soundSha256: Sha256;
    reason: string;
    retryAt: Date;
  },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO score_failures (encoder_version, track, sound_sha256, reason, retry_at)
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (encoder_version, track) DO UPDATE SET
         sound_sha256 = excluded.sound_sha256, reason = excluded.reason, retry_at = excluded.retry_at`,
    )
    .bind(
      failure.encoderVersion,
      failure.track,
      failure.soundSha256,
      failure.reason,
      failure.retryAt.toISOString(),
    )
    .run();
}
