import { KeyId } from "@lemons/shared/contract/access";
import { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { z } from "zod";

const ID_DIGITS = 40;

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
export type Claim = "new" | "there" | "storage-full";

/** The id of a key's track: the same bytes of another key are another track. */
export async function uploadId(owner: KeyId, audioSha256: Sha256): Promise<TrackId> {
  return `own-${(await sha256Hex(`${owner} ${audioSha256}`)).slice(0, ID_DIGITS)}`;
}

/** Whether an id is that of somebody's own track. No other track may be called so. */
export const isUploadId = (id: TrackId): boolean => /^own-[0-9a-f]{40}$/.test(id);

/** An upload, or null. */
export async function findUpload(db: D1Database, id: TrackId): Promise<UploadRow | null> {
  const row = await db.prepare("SELECT * FROM uploads WHERE id = ?").bind(id).first();
  return row === null ? null : UploadRow.parse(row);
}

/**
 * Enters an upload, unless it is there or the key's storage is full; both are looked at and entered in
 * one statement. One that could not be used before is tried again.
 */
export async function insertUpload(
  db: D1Database,
  { id, owner, title, artist, audioSha256, audioType, bytes }: NewUpload,
  storageBytes: number,
): Promise<Claim> {
  await db.prepare("DELETE FROM uploads WHERE id = ? AND state = 'unusable'").bind(id).run();
  const inserted = await db
    .prepare(
      `INSERT INTO uploads
         (id, owner, title, artist, audio_sha256, audio_type, bytes, state, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'probing', ?8
       WHERE ?7 + (SELECT coalesce(sum(bytes), 0) FROM uploads
                   WHERE owner = ?2 AND state <> 'unusable') <= ?9
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
      storageBytes,
    )
    .first();
  if (inserted !== null) return "new";
  return (await findUpload(db, id)) === null ? "storage-full" : "there";
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
