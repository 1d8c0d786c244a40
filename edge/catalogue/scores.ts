import { Probability } from "@lemons/shared/contract/explanation";
import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { Model } from "@lemons/shared/contract/model";
import { z } from "zod";
import { notFailed, OF_CATALOGUE } from "./failed-tracks.ts";
import type { ActiveModel } from "./models.ts";
import { FILE_COLUMNS, parseTrackFiles, type TrackFiles } from "./tracks.ts";

/** How many tracks of the catalogue a model has scored. */
export interface ScoringProgress {
  scored: number;
  failed: number;
  total: number;
}

/**
 * How far a model is with everybody's catalogue: tracks with a score of its own, or, where it has a
 * head, with features of its encoder. A failure counts until it is due to be tried again.
 */
export async function scoringProgress(
  db: D1Database,
  { model, head }: ActiveModel,
  now: Date,
): Promise<ScoringProgress> {
  const done =
    head === null
      ? `LEFT JOIN scores AS done ON done.track = tracks.id AND done.sound_sha256 = tracks.sound_sha256
           AND done.model_id = ?3 AND done.model_version = ?4`
      : `LEFT JOIN features AS done ON done.track = tracks.id
           AND done.sound_sha256 = tracks.sound_sha256 AND done.encoder_version = ?1`;
  const statement = db.prepare(
    `SELECT count(*) AS total, count(done.track) AS scored,
       count(CASE WHEN done.track IS NULL THEN score_failures.track END) AS failed
     FROM tracks ${done}
     LEFT JOIN score_failures ON score_failures.track = tracks.id
       AND score_failures.sound_sha256 = tracks.sound_sha256
       AND score_failures.encoder_version = ?1 AND score_failures.retry_at > ?2
     WHERE tracks.owner IS NULL`,
  );
  const always = [model.encoderVersion, now.toISOString()];
  const row = await statement
    .bind(...always, ...(head === null ? [model.id, model.version] : []))
    .first();
  return z.object({ total: z.int(), scored: z.int(), failed: z.int() }).parse(row);
}

/** A model's stored score of one track, or null while it has none. */
export async function findScore(
  db: D1Database,
  model: Model,
  track: TrackId,
): Promise<{ relevance: number; logit: number } | null> {
  const row = await db
    .prepare(
      `SELECT scores.relevance, scores.logit
       FROM scores JOIN tracks ON tracks.id = scores.track AND tracks.sound_sha256 = scores.sound_sha256
       WHERE scores.model_id = ? AND scores.model_version = ? AND scores.track = ?`,
    )
    .bind(model.id, model.version, track)
    .first();
  return row === null ? null : z.object({ relevance: Probability, logit: z.number() }).parse(row);
}

/**
 * Tracks that at least one active model that is used whole has not scored and that are due, by id.
 *
 * @param of condition on `tracks`: which of them
 */
export async function unscoredTracks(
  db: D1Database,
  encoderVersion: Sha256,
  { limit, now, of = OF_CATALOGUE }: { limit: number; now: Date; of?: string },
): Promise<TrackFiles[]> {
  const { results } = await db
    .prepare(
      `SELECT ${FILE_COLUMNS} FROM tracks
       WHERE ${of} AND EXISTS (
         SELECT 1 FROM models WHERE models.active = 1 AND models.encoder_version = ?1
           AND models.head IS NULL
           AND NOT EXISTS (
             SELECT 1 FROM scores WHERE scores.model_id = models.id
               AND scores.model_version = models.version AND scores.track = tracks.id
               AND scores.sound_sha256 = tracks.sound_sha256))
       AND ${notFailed("?1", "?2")}
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

/** Why a track could not be scored with an encoder, or null. */
export async function scoreFailure(
  db: D1Database,
  encoderVersion: Sha256,
  track: TrackId,
): Promise<string | null> {
  const row = await db
    .prepare(
      `SELECT score_failures.reason FROM score_failures JOIN tracks
         ON tracks.id = score_failures.track AND tracks.sound_sha256 = score_failures.sound_sha256
       WHERE score_failures.encoder_version = ? AND score_failures.track = ?`,
    )
    .bind(encoderVersion, track)
    .first();
  return row === null ? null : z.object({ reason: z.string() }).parse(row).reason;
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
