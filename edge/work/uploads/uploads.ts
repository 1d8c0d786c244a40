import { KeyId } from "@lemons/shared/contract/access";
import { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";

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

/** What is known of an upload when its bytes are there. */
export type NewUpload = Omit<UploadRow, "state" | "reason">;

/** How a claim on bytes went. */
export type Claim = "new" | "there" | "storage-full" | "visitors-full";

/** Everything that somebody has uploaded, in whatever state. */
export async function uploadsOf(db: D1Database, owner: KeyId): Promise<UploadRow[]> {
  const { results } = await db
    .prepare("SELECT * FROM uploads WHERE owner = ? ORDER BY created_at DESC, id")
    .bind(owner)
    .all();
  return z.array(UploadRow).parse(results);
}

/** An upload, or null. */
export async function findUpload(db: D1Database, id: TrackId): Promise<UploadRow | null> {
  const row = await db.prepare("SELECT * FROM uploads WHERE id = ?").bind(id).first();
  return row === null ? null : UploadRow.parse(row);
}

/** Whether an upload that names its bytes has room. */
export interface Room {
  /** What all uploads of its owner may have together; of a visitor, those of all visitors of the network. */
  ownerBytes: number;
  /** What the uploads of all visitors may have together; null: the owner is none. */
  visitorsBytes: number | null;
}

/** What a visitor has counts with what others of the same network have. */
const STORED_OF_OWNER = `SELECT coalesce(sum(bytes), 0) FROM uploads
  WHERE state <> 'unusable' AND owner IN (
    SELECT ?2 UNION SELECT id FROM api_keys
    WHERE visitor_network = (SELECT visitor_network FROM api_keys WHERE id = ?2))`;
const STORED_OF_VISITORS = `SELECT coalesce(sum(bytes), 0) FROM uploads
  WHERE state <> 'unusable' AND owner IN (
    SELECT id FROM api_keys WHERE visitor_network IS NOT NULL)`;

/**
 * Enters an upload, unless it is there or there is no room; both are looked at and entered in one
 * statement. One that could not be used before is tried again.
 */
export async function insertUpload(
  db: D1Database,
  { id, owner, title, artist, audioSha256, audioType, bytes }: NewUpload,
  { ownerBytes, visitorsBytes }: Room,
): Promise<Claim> {
  await db.prepare("DELETE FROM uploads WHERE id = ? AND state = 'unusable'").bind(id).run();
  const inserted = await db
    .prepare(
      `INSERT INTO uploads
         (id, owner, title, artist, audio_sha256, audio_type, bytes, state, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'probing', ?8
       WHERE ?7 + (${STORED_OF_OWNER}) <= ?9
         AND (?10 IS NULL OR ?7 + (${STORED_OF_VISITORS}) <= ?10)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
    )
    .bind(
      id,
      owner,
      title,
      artist,
      audioSha256,
      audioType,
      bytes,
      new Date().toISOString(),
      ownerBytes,
      visitorsBytes,
    )
    .first();
  if (inserted !== null) return "new";
  if ((await findUpload(db, id)) !== null) return "there";
  return visitorsBytes !== null && bytes + (await storedOfVisitors(db)) > visitorsBytes
    ? "visitors-full"
    : "storage-full";
}

async function storedOfVisitors(db: D1Database): Promise<number> {
  const row = await db.prepare(`SELECT (${STORED_OF_VISITORS}) AS stored`).first();
  return z.object({ stored: z.int() }).parse(row).stored;
}

/** Whether a track of anybody's is these bytes. */
export async function isAudioNamed(db: D1Database, sha256: Sha256): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT 1 FROM tracks WHERE audio_sha256 = ?1
       UNION ALL SELECT 1 FROM uploads WHERE audio_sha256 = ?1 AND state <> 'unusable' LIMIT 1`,
    )
    .bind(sha256)
    .first();
  return row !== null;
}

/** Makes a track of an upload that was found to be playable, unless it was removed meanwhile. */
export async function publishUpload(
  db: D1Database,
  id: TrackId,
  { seconds, peaks }: { seconds: number; peaks: readonly number[] },
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256,
           licence, licence_url, changes, origin, tags, stems, peaks, owner)
         SELECT id, title, artist, ?2, audio_sha256, audio_type, audio_sha256,
           'private', NULL, 'none', 'upload', '[]', '{}', ?3, owner
         FROM uploads WHERE id = ?1 AND state = 'probing'
         ON CONFLICT (id) DO NOTHING`,
      )
      .bind(id, seconds, JSON.stringify(peaks)),
    db
      .prepare(
        "UPDATE uploads SET state = 'ready', reason = NULL WHERE id = ? AND state = 'probing'",
      )
      .bind(id),
  ]);
}

/** Records why an upload cannot be used. */
export async function rejectUpload(db: D1Database, id: TrackId, reason: string): Promise<void> {
  await db
    .prepare("UPDATE uploads SET state = 'unusable', reason = ? WHERE id = ? AND state = 'probing'")
    .bind(reason, id)
    .run();
}
