import { KeyId } from "@lemons/shared/contract/access";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256, type TrackId } from "@lemons/shared/contract/identifier";
import { Track, type TrackDetail } from "@lemons/shared/contract/track";
import { z } from "zod";
import { firstRow, json, rows } from "../base/rows.ts";

/** Columns of {@link TrackRow}; the query must call the table `tracks`. */
export const TRACK_COLUMNS =
  "tracks.id, tracks.title, tracks.artist, tracks.seconds, tracks.audio_sha256, tracks.licence, tracks.licence_url, tracks.changes, tracks.origin, tracks.tags, tracks.stems";

const StemHashes = z.record(SourceName, Sha256);

const trackColumns = {
  id: Track.shape.id,
  title: z.string(),
  artist: z.string(),
  seconds: z.number(),
  audio_sha256: Sha256,
  licence: z.string(),
  licence_url: z.string().nullable(),
  changes: z.string(),
  origin: z.string(),
  tags: json(z.array(z.string())),
  stems: json(StemHashes),
};

const toTrack = (row: z.infer<z.ZodObject<typeof trackColumns>>): Track => ({
  id: row.id,
  title: row.title,
  artist: row.artist,
  seconds: row.seconds,
  audioSha256: row.audio_sha256,
  licence: row.licence,
  licenceUrl: row.licence_url,
  changes: row.changes,
  origin: row.origin,
  tags: row.tags,
  stems: Object.keys(row.stems),
});

/** A row of {@link TRACK_COLUMNS}. */
export const TrackRow = z.object(trackColumns).transform(toTrack);

/** A page of tracks to list. */
export interface TrackQuery {
  limit: number;
  after?: TrackId | undefined;
  /** The owner whose private tracks are included. */
  viewer: KeyId | null;
  /** True to leave out public tracks. */
  mine: boolean;
}

/** Lists tracks by id. */
export function listTracks(
  db: D1Database,
  { limit, after, viewer, mine }: TrackQuery,
): Promise<Track[]> {
  return rows(
    db,
    TrackRow,
    `SELECT ${TRACK_COLUMNS} FROM tracks
     WHERE id > ?1 AND (owner = ?2 OR (owner IS NULL AND ?3 = 0)) ORDER BY id LIMIT ?4`,
    ...[after ?? "", viewer, mine ? 1 : 0, limit],
  );
}

const TrackDetailRow = z
  .object({ ...trackColumns, peaks: z.union([json(z.array(z.number())), z.null()]) })
  .transform((row): TrackDetail => ({ ...toTrack(row), peaks: row.peaks ?? [] }));

/**
 * Finds a track with its waveform.
 *
 * @param viewer owner whose private tracks are visible besides public ones
 * @returns null if no visible track has that id
 */
export function findTrack(
  db: D1Database,
  id: TrackId,
  viewer: KeyId | null,
): Promise<TrackDetail | null> {
  return firstRow(
    db,
    TrackDetailRow,
    `SELECT ${TRACK_COLUMNS}, peaks FROM tracks WHERE id = ? AND (owner IS NULL OR owner = ?)`,
    ...[id, viewer],
  );
}

/** Finds a public track under CC0, which may be shown anywhere. @returns null if there is none */
export function findFreeTrack(db: D1Database): Promise<Track | null> {
  return firstRow(
    db,
    TrackRow,
    `SELECT ${TRACK_COLUMNS} FROM tracks WHERE owner IS NULL AND licence = 'CC0-1.0'
     ORDER BY id LIMIT 1`,
  );
}

/** A row of {@link FILE_COLUMNS}: the bytes of a track. */
export const TrackFilesRow = z
  .object({
    id: Track.shape.id,
    audio_sha256: Sha256,
    audio_type: z.string(),
    sound_sha256: Sha256,
    stems: json(StemHashes),
    owner: KeyId.nullable(),
  })
  .transform((row) => ({
    track: row.id,
    /** Null if the track is public. */
    owner: row.owner,
    /** Hash of the file that is served. */
    audioSha256: row.audio_sha256,
    audioType: row.audio_type,
    /** Hash of what the model hears: the file, or all true stems together. */
    soundSha256: row.sound_sha256,
    stems: row.stems,
  }));

/** The bytes of a track. */
export type TrackFiles = z.infer<typeof TrackFilesRow>;

/** Columns of {@link TrackFilesRow}. */
export const FILE_COLUMNS =
  "tracks.id, tracks.audio_sha256, tracks.audio_type, tracks.sound_sha256, tracks.stems, tracks.owner";

/**
 * Finds the bytes of a track.
 *
 * @param viewer owner whose private tracks are visible besides public ones
 * @returns null if no visible track has that id
 */
export function findTrackFiles(
  db: D1Database,
  id: TrackId,
  viewer: KeyId | null,
): Promise<TrackFiles | null> {
  return firstRow(
    db,
    TrackFilesRow,
    `SELECT ${FILE_COLUMNS} FROM tracks WHERE id = ? AND (owner IS NULL OR owner = ?)`,
    ...[id, viewer],
  );
}

/** Condition on `tracks`: public ones. */
export const PUBLIC_TRACKS = "tracks.owner IS NULL";
/** Condition on `tracks`: uploads. */
export const PRIVATE_TRACKS = "tracks.owner IS NOT NULL";

/**
 * Condition on `tracks`: leaves out those that failed with an encoder and are not due for a retry.
 *
 * @param encoder parameter that holds the encoder's version
 * @param now parameter that holds the present time
 */
export const notFailed = (encoder: string, now: string): string =>
  `NOT EXISTS (
     SELECT 1 FROM score_failures WHERE score_failures.encoder_version = ${encoder}
       AND score_failures.track = tracks.id
       AND score_failures.sound_sha256 = tracks.sound_sha256
       AND score_failures.retry_at > ${now})`;
