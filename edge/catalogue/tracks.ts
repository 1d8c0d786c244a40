import { KeyId } from "@lemons/shared/contract/access";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256, type TrackId } from "@lemons/shared/contract/identifier";
import { Track, type TrackDetail } from "@lemons/shared/contract/track";
import { z } from "zod";

/** Columns that make a {@link Track}; the table must be named `tracks` in the query. */
export const TRACK_COLUMNS =
  "tracks.id, tracks.title, tracks.artist, tracks.seconds, tracks.audio_sha256, tracks.licence, tracks.licence_url, tracks.changes, tracks.origin, tracks.tags, tracks.stems";

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);

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

/** A row of {@link TRACK_COLUMNS} as a track. */
export const TrackRow = z.object(trackColumns).transform(toTrack);

/** Which tracks are wanted. */
export interface TrackQuery {
  limit: number;
  after?: TrackId | undefined;
  /** Whose own tracks are there besides everybody's. */
  viewer: KeyId | null;
  /** Only the viewer's own. */
  mine: boolean;
}

/** Tracks by id, after a given one. */
export async function listTracks(
  db: D1Database,
  { limit, after = "", viewer, mine }: TrackQuery,
): Promise<Track[]> {
  const { results } = await db
    .prepare(
      `SELECT ${TRACK_COLUMNS} FROM tracks
       WHERE id > ?1 AND (owner = ?2 OR (owner IS NULL AND ?3 = 0)) ORDER BY id LIMIT ?4`,
    )
    .bind(after, viewer, mine ? 1 : 0, limit)
    .all();
  return z.array(TrackRow).parse(results);
}

const TrackDetailRow = z
  .object({ ...trackColumns, peaks: z.union([json(z.array(z.number())), z.null()]) })
  .transform((row): TrackDetail => ({ ...toTrack(row), peaks: row.peaks ?? [] }));

/**
 * One track with its waveform, or null.
 *
 * @param viewer whose own tracks are there besides everybody's
 */
export async function findTrack(
  db: D1Database,
  id: TrackId,
  viewer: KeyId | null,
): Promise<TrackDetail | null> {
  const row = await db
    .prepare(
      `SELECT ${TRACK_COLUMNS}, peaks FROM tracks WHERE id = ? AND (owner IS NULL OR owner = ?)`,
    )
    .bind(id, viewer)
    .first();
  return row === null ? null : TrackDetailRow.parse(row);
}

/** A track of the catalogue that may be passed on without any condition, or null. */
export async function findFreeTrack(db: D1Database): Promise<Track | null> {
  const row = await db
    .prepare(
      `SELECT ${TRACK_COLUMNS} FROM tracks WHERE owner IS NULL AND licence = 'CC0-1.0'
       ORDER BY id LIMIT 1`,
    )
    .first();
  return row === null ? null : TrackRow.parse(row);
}

const SoundRow = z
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
    /** Whose it is; null: everybody's. */
    owner: row.owner,
    /** The file that is served. */
    audioSha256: row.audio_sha256,
    audioType: row.audio_type,
    /** What the model hears: the file's hash, or that of its true stems. */
    soundSha256: row.sound_sha256,
    stems: row.stems,
  }));

/** The bytes behind a track. */
export type TrackFiles = z.infer<typeof SoundRow>;

/** Columns of {@link parseTrackFiles}. */
export const FILE_COLUMNS =
  "tracks.id, tracks.audio_sha256, tracks.audio_type, tracks.sound_sha256, tracks.stems, tracks.owner";

/** Rows of {@link FILE_COLUMNS}. */
export const parseTrackFiles = (rows: unknown[]): TrackFiles[] => z.array(SoundRow).parse(rows);

/**
 * Where a track's bytes are, or null for an unknown track.
 *
 * @param viewer whose own tracks are there besides everybody's
 */
export async function findTrackFiles(
  db: D1Database,
  id: TrackId,
  viewer: KeyId | null,
): Promise<TrackFiles | null> {
  const { results } = await db
    .prepare(`SELECT ${FILE_COLUMNS} FROM tracks WHERE id = ? AND (owner IS NULL OR owner = ?)`)
    .bind(id, viewer)
    .all();
  return parseTrackFiles(results)[0] ?? null;
}
