import { KeyId } from "@lemons/shared/contract/access";
import { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { exists, firstRow, firstValue, rows, run, statement } from "../../base/rows.ts";

/** A row of the table `uploads`. */
export const UploadRow = z
  .object({
    id: TrackId,
    owner: KeyId,
    title: z.string(),
    artist: z.string(),
    audio_sha256: Sha256,
    audio_type: z.string(),
    bytes: z.int().positive(),
    state: z.enum(["probing", "ready", "unusable"]),
    reason: z.string().nullable(),
  })
  .transform(({ audio_sha256, audio_type, ...row }) => ({
    ...row,
    audioSha256: audio_sha256,
    audioType: audio_type,
  }));
export type UploadRow = z.infer<typeof UploadRow>;

/** A received upload that is not decoded yet. */
export type NewUpload = Omit<UploadRow, "state" | "reason">;

/** The outcome of a claim on bytes. */
export type Claim = "new" | "there" | "storage-full" | "visitors-full";

/** Lists an owner's uploads in every state, the newest first. */
export function uploadsOf(db: D1Database, owner: KeyId): Promise<UploadRow[]> {
  return rows(
    db,
    UploadRow,
    "SELECT * FROM uploads WHERE owner = ? ORDER BY created_at DESC, id",
    owner,
  );
}

/** Finds an upload. @returns null if there is none of that id */
export function findUpload(db: D1Database, id: TrackId): Promise<UploadRow | null> {
  return firstRow(db, UploadRow, "SELECT * FROM uploads WHERE id = ?", id);
}

/** The storage that an upload must fit into. */
export interface StorageLimits {
  /** Bytes of all uploads of its owner; for a visitor, of all visitors of the network. */
  ownerBytes: number;
  /** Bytes of all visitors' uploads; null if the owner isn't a visitor. */
  visitorsBytes: number | null;
}

/** A visitor's uploads count together with those of all visitors of the same network. */
const STORED_OF_OWNER = `SELECT coalesce(sum(bytes), 0) FROM uploads
  WHERE state <> 'unusable' AND owner IN (
    SELECT ?2 UNION SELECT id FROM api_keys
    WHERE visitor_network = (SELECT visitor_network FROM api_keys WHERE id = ?2))`;
const STORED_OF_VISITORS = `SELECT coalesce(sum(bytes), 0) FROM uploads
  WHERE state <> 'unusable' AND owner IN (
    SELECT id FROM api_keys WHERE visitor_network IS NOT NULL)`;

/**
 * Enters an upload, unless it exists or doesn't fit. One statement checks and inserts. An upload that
 * could not be decoded before is tried again.
 */
export async function insertUpload(
  db: D1Database,
  { id, owner, title, artist, audioSha256, audioType, bytes }: NewUpload,
  { ownerBytes, visitorsBytes }: StorageLimits,
): Promise<Claim> {
  await run(db, "DELETE FROM uploads WHERE id = ? AND state = 'unusable'", id);
  const inserted = await run(
    db,
    `INSERT INTO uploads
       (id, owner, title, artist, audio_sha256, audio_type, bytes, state, created_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'probing', ?8
     WHERE ?7 + (${STORED_OF_OWNER}) <= ?9
       AND (?10 IS NULL OR ?7 + (${STORED_OF_VISITORS}) <= ?10)
     ON CONFLICT (id) DO NOTHING`,
    ...[id, owner, title, artist, audioSha256, audioType, bytes],
    ...[new Date().toISOString(), ownerBytes, visitorsBytes],
  );
  if (inserted > 0) return "new";
  if ((await findUpload(db, id)) !== null) return "there";
  return visitorsBytes !== null && bytes + (await storedOfVisitors(db)) > visitorsBytes
    ? "visitors-full"
    : "storage-full";
}

async function storedOfVisitors(db: D1Database): Promise<number> {
  return (await firstValue(db, z.int(), `SELECT (${STORED_OF_VISITORS})`)) ?? 0;
}

/** Returns true if a track or an upload of any owner names these bytes. */
export function isAudioNamed(db: D1Database, sha256: Sha256): Promise<boolean> {
  return exists(
    db,
    `SELECT 1 FROM tracks WHERE audio_sha256 = ?1
     UNION ALL SELECT 1 FROM uploads WHERE audio_sha256 = ?1 AND state <> 'unusable' LIMIT 1`,
    sha256,
  );
}

/** Makes a decoded upload a track, unless it was removed meanwhile. */
export async function publishUpload(
  db: D1Database,
  id: TrackId,
  { seconds, peaks }: { seconds: number; peaks: readonly number[] },
): Promise<void> {
  await db.batch([
    statement(
      db,
      `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256,
         licence, licence_url, changes, origin, tags, stems, peaks, owner)
       SELECT id, title, artist, ?2, audio_sha256, audio_type, audio_sha256,
         'private', NULL, 'none', 'upload', '[]', '{}', ?3, owner
       FROM uploads WHERE id = ?1 AND state = 'probing'
       ON CONFLICT (id) DO NOTHING`,
      ...[id, seconds, JSON.stringify(peaks)],
    ),
    statement(
      db,
      "UPDATE uploads SET state = 'ready', reason = NULL WHERE id = ? AND state = 'probing'",
      id,
    ),
  ]);
}

/** Records why an upload can't be used. */
export async function rejectUpload(db: D1Database, id: TrackId, reason: string): Promise<void> {
  await run(
    db,
    "UPDATE uploads SET state = 'unusable', reason = ? WHERE id = ? AND state = 'probing'",
    ...[reason, id],
  );
}
