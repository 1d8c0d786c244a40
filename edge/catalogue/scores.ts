import { Probability } from "@lemons/shared/contract/explanation";
import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { Model } from "@lemons/shared/contract/model";
import { z } from "zod";
import { firstRow, firstValue, rows, run, statement } from "../base/rows.ts";
import type { StoredEncoder } from "./encoders.ts";
import type { ActiveModel } from "./models.ts";
import {
  FILE_COLUMNS,
  notFailed,
  PUBLIC_TRACKS,
  type TrackFiles,
  TrackFilesRow,
} from "./tracks.ts";

/** Numbers of catalogue tracks that a model has scored, can't score, and could score. */
export interface ScoringProgress {
  scored: number;
  failed: number;
  total: number;
}

/**
 * Returns a model's progress on the catalogue: tracks with a score of its own or, if it has a head, with
 * features of its encoder. A failure counts until its retry is due. Reads counters, so the time doesn't
 * grow with the catalogue.
 *
 * @param encoder of a model with a head; null if the model runs as a whole
 */
export async function scoringProgress(
  db: D1Database,
  { model, scoredTracks }: ActiveModel,
  encoder: StoredEncoder | null,
  now: Date,
): Promise<ScoringProgress> {
  const counts = await firstRow(
    db,
    z.object({ total: z.int(), failed: z.int() }),
    `SELECT tracks AS total, (
       -- CROSS JOIN: SQLite must not begin with all tracks.
       SELECT count(*) FROM score_failures CROSS JOIN tracks ON tracks.id = score_failures.track
       WHERE score_failures.encoder_version = ?1 AND score_failures.retry_at > ?2
         AND ${PUBLIC_TRACKS}
         AND NOT EXISTS (SELECT 1 FROM features
           WHERE features.encoder_version = ?1 AND features.track = tracks.id)
         AND NOT EXISTS (SELECT 1 FROM scores
           WHERE model_id = ?3 AND model_version = ?4 AND scores.track = tracks.id)) AS failed
     FROM catalogue_tally`,
    ...[model.encoderVersion, now.toISOString(), model.id, model.version],
  );
  return { ...counts!, scored: encoder?.pooledTracks ?? scoredTracks };
}

/** Finds a model's stored score of one track. @returns null if there is none */
export function findScore(
  db: D1Database,
  model: Model,
  track: TrackId,
): Promise<{ relevance: number; logit: number } | null> {
  return firstRow(
    db,
    z.object({ relevance: Probability, logit: z.number() }),
    `SELECT scores.relevance, scores.logit
     FROM scores JOIN tracks ON tracks.id = scores.track AND tracks.sound_sha256 = scores.sound_sha256
     WHERE scores.model_id = ? AND scores.model_version = ? AND scores.track = ?`,
    ...[model.id, model.version, track],
  );
}

/**
 * Lists tracks, by id, that are due and that at least one active model without a head has not scored.
 *
 * @param among condition on `tracks`
 */
export function unscoredTracks(
  db: D1Database,
  encoderVersion: Sha256,
  { limit, now, among = PUBLIC_TRACKS }: { limit: number; now: Date; among?: string },
): Promise<TrackFiles[]> {
  return rows(
    db,
    TrackFilesRow,
    `SELECT ${FILE_COLUMNS} FROM tracks
     WHERE ${among} AND EXISTS (
       SELECT 1 FROM models WHERE models.active = 1 AND models.encoder_version = ?1
         AND models.head IS NULL
         AND NOT EXISTS (
           SELECT 1 FROM scores WHERE scores.model_id = models.id
             AND scores.model_version = models.version AND scores.track = tracks.id
             AND scores.sound_sha256 = tracks.sound_sha256))
     AND ${notFailed("?1", "?2")}
     ORDER BY tracks.id LIMIT ?3`,
    ...[encoderVersion, now.toISOString(), limit],
  );
}

/** The gpu-worker's results for one track. */
export interface TrackScores {
  track: TrackId;
  soundSha256: Sha256;
  peaks: readonly number[];
  scores: readonly { model: Model; logit: number; relevance: number }[];
}

/** Stores a track's scores under every model and its waveform, unless the track changed meanwhile. */
export async function storeScores(
  db: D1Database,
  encoderVersion: Sha256,
  { track, soundSha256, peaks, scores }: TrackScores,
): Promise<void> {
  await db.batch([
    statement(
      db,
      "UPDATE tracks SET peaks = ? WHERE id = ? AND sound_sha256 = ?",
      ...[JSON.stringify(peaks), track, soundSha256],
    ),
    deleteScoreFailure(db, encoderVersion, track),
    ...scores.map(({ model, logit, relevance }) =>
      statement(
        db,
        `INSERT INTO scores (model_id, model_version, track, sound_sha256, logit, relevance)
         SELECT ?1, ?2, id, sound_sha256, ?5, ?6 FROM tracks WHERE id = ?3 AND sound_sha256 = ?4
         ON CONFLICT (model_id, model_version, track) DO UPDATE SET
           sound_sha256 = excluded.sound_sha256, logit = excluded.logit,
           relevance = excluded.relevance`,
        ...[model.id, model.version, track, soundSha256, logit, relevance],
      ),
    ),
  ]);
}

/** Finds the reason why a track could not be scored with an encoder. @returns null if it didn't fail */
export function scoreFailure(
  db: D1Database,
  encoderVersion: Sha256,
  track: TrackId,
): Promise<string | null> {
  return firstValue(
    db,
    z.string(),
    `SELECT score_failures.reason FROM score_failures JOIN tracks
       ON tracks.id = score_failures.track AND tracks.sound_sha256 = score_failures.sound_sha256
     WHERE score_failures.encoder_version = ? AND score_failures.track = ?`,
    ...[encoderVersion, track],
  );
}

/** Records that a track can't be scored, and when to retry. */
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
  const { encoderVersion, track, soundSha256, reason, retryAt } = failure;
  await run(
    db,
    `INSERT INTO score_failures (encoder_version, track, sound_sha256, reason, retry_at)
     SELECT ?1, id, sound_sha256, ?4, ?5 FROM tracks WHERE id = ?2 AND sound_sha256 = ?3
     ON CONFLICT (encoder_version, track) DO UPDATE SET
       sound_sha256 = excluded.sound_sha256, reason = excluded.reason, retry_at = excluded.retry_at`,
    ...[encoderVersion, track, soundSha256, reason, retryAt.toISOString()],
  );
}

/** Deletes the record of a failure, for a track that was processed after all. */
export function deleteScoreFailure(
  db: D1Database,
  encoderVersion: Sha256,
  track: TrackId,
): D1PreparedStatement {
  return statement(
    db,
    "DELETE FROM score_failures WHERE encoder_version = ? AND track = ?",
    ...[encoderVersion, track],
  );
}
