import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { featuresKey } from "../../base/object-keys.ts";
import type { Encoder } from "../encoders.ts";
import { notFailed, OF_CATALOGUE } from "../failed-tracks.ts";
import { isUploadId } from "../own-ids.ts";
import { FILE_COLUMNS, parseTrackFiles, type TrackFiles } from "../tracks.ts";
import {
  type FeatureBlock,
  FeatureBlockError,
  ROWS_PER_BLOCK,
  readBlock,
  readRow,
  rowRange,
} from "./block-format.ts";
import { newestBlock, type OpenBlock, placeRows } from "./block-place.ts";
import { findOwnFeatures } from "./own-features.ts";
import type { TrackFeatures } from "./track-features.ts";

/** A track of a block: its row is its features. */
export interface BlockTrack {
  track: TrackId;
  row: number;
}

/** Tracks of everybody's catalogue that an encoder has no features of and that are due, by id. */
export async function tracksWithoutFeatures(
  db: D1Database,
  encoderVersion: Sha256,
  { limit, now }: { limit: number; now: Date },
): Promise<TrackFiles[]> {
  const { results } = await db
    .prepare(
      `SELECT ${FILE_COLUMNS} FROM tracks
       WHERE ${OF_CATALOGUE}
       AND NOT EXISTS (
         SELECT 1 FROM features WHERE features.encoder_version = ?1
           AND features.track = tracks.id AND features.sound_sha256 = tracks.sound_sha256)
       AND ${notFailed("?1", "?2")}
       ORDER BY tracks.id LIMIT ?3`,
    )
    .bind(encoderVersion, now.toISOString(), limit)
    .all();
  return parseTrackFiles(results);
}

/**
 * Stores features of tracks: first in the newest block or a further one, then what row is whose. Only
 * the Durable Object of the encoder calls it; a block that was changed meanwhile is not overwritten.
 * Rows that were stored but never named, since the second step failed, take up room and nothing else.
 *
 * @param found at most {@link ROWS_PER_BLOCK}
 * @throws FeatureBlockError where the newest block was changed by somebody else
 */
export async function storeFeatures(
  env: Env,
  encoder: Encoder,
  found: readonly TrackFeatures[],
): Promise<void> {
  if (found.length === 0) return;
  const { DB, BUCKET } = env;
  const { version } = encoder;
  const open = await openBlock(env, encoder, found.length);
  const { block, first, isNew } = await placeRows(
    BUCKET,
    encoder,
    open,
    // Asked again: a damaged block is forgotten when it is opened.
    open?.block ?? (await newestBlock(DB, version)) ?? -1,
    found,
  );
  const row = DB.prepare(
    `INSERT INTO features (encoder_version, track, sound_sha256, block, row)
     SELECT ?1, id, ?3, ?4, ?5 FROM tracks WHERE id = ?2
     ON CONFLICT (encoder_version, track) DO UPDATE SET
       sound_sha256 = excluded.sound_sha256, block = excluded.block, row = excluded.row`,
  );
  const peaksOf = DB.prepare("UPDATE tracks SET peaks = ? WHERE id = ? AND sound_sha256 = ?");
  const mended = DB.prepare("DELETE FROM score_failures WHERE encoder_version = ? AND track = ?");
  await DB.batch([
    // A new block may take the number of one that was lost.
    ...(isNew ? [forgetRows(DB, version, block)] : []),
    ...found.flatMap(({ track, soundSha256, peaks }, index) => [
      row.bind(version, track, soundSha256, block, first + index),
      peaksOf.bind(JSON.stringify(peaks), track, soundSha256),
      mended.bind(version, track),
    ]),
    raiseRevision(DB, version),
  ]);
}

/**
 * The newest block as it is stored.
 *
 * @param room rows that are to be added
 * @returns null where there is none, it has not the room, or it is missing or damaged and now forgotten
 */
export async function openBlock(
  env: Env,
  encoder: Encoder,
  room: number,
): Promise<(OpenBlock & { block: number }) | null> {
  const block = await newestBlock(env.DB, encoder.version);
  if (block === null) return null;
  const object = await env.BUCKET.get(featuresKey(encoder.version, block));
  if (object === null) {
    await forgetBlock(env, encoder.version, block, "the block is missing");
    return null;
  }
  const bytes = await object.bytes();
  try {
    const { rows } = readBlock(bytes, encoder);
    return rows + room > ROWS_PER_BLOCK ? null : { block, bytes, etag: object.etag, rows };
  } catch (error) {
    if (!(error instanceof FeatureBlockError)) throw error;
    await forgetBlock(env, encoder.version, block, error.message);
    return null;
  }
}

/** Numbers of the blocks that hold features of tracks. */
export async function blocksOf(db: D1Database, encoderVersion: Sha256): Promise<number[]> {
  const { results } = await db
    .prepare("SELECT DISTINCT block FROM features WHERE encoder_version = ? ORDER BY block")
    .bind(encoderVersion)
    .all();
  return z
    .array(z.object({ block: z.int() }))
    .parse(results)
    .map(({ block }) => block);
}

/**
 * A block with the tracks of everybody's catalogue in it whose sound is still the same. A damaged block
 * is forgotten, so that its tracks are asked for again.
 *
 * @returns null where it is damaged
 */
export async function readFeatures(
  env: Env,
  encoder: Encoder,
  block: number,
): Promise<{ block: FeatureBlock; tracks: BlockTrack[] } | null> {
  const { results } = await env.DB.prepare(
    `SELECT features.track, features.row, features.sound_sha256
     FROM features JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version = ? AND features.block = ? AND tracks.owner IS NULL
     ORDER BY features.row`,
  )
    .bind(encoder.version, block)
    .all();
  const tracks = z
    .array(z.object({ track: z.string(), row: z.int(), sound_sha256: z.string() }))
    .parse(results);
  if (tracks.length === 0) return null;
  try {
    const object = await env.BUCKET.get(featuresKey(encoder.version, block));
    if (object === null) throw new FeatureBlockError("the block is missing");
    const read = readBlock(await object.bytes(), encoder);
    for (const { row, track, sound_sha256 } of tracks) {
      if (row < read.rows && read.soundOf(row) === sound_sha256) continue;
      throw new FeatureBlockError(`row ${row} is not of the track ${track}`);
    }
    return { block: read, tracks };
  } catch (error) {
    if (!(error instanceof FeatureBlockError)) throw error;
    await forgetBlock(env, encoder.version, block, error.message);
    return null;
  }
}

/** A track's features, or null where an encoder has none of its present sound. */
export async function findTrackFeatures(
  env: Env,
  encoder: Encoder,
  track: TrackId,
): Promise<Float32Array | null> {
  const found = await env.DB.prepare(
    `SELECT features.block, features.row, features.sound_sha256
     FROM features JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version = ? AND features.track = ?`,
  )
    .bind(encoder.version, track)
    .first();
  if (found === null) return isUploadId(track) ? findOwnFeatures(env.DB, encoder, track) : null;
  const { block, row, sound_sha256 } = z
    .object({ block: z.int(), row: z.int(), sound_sha256: z.string() })
    .parse(found);
  const range = rowRange(encoder.features, row);
  const object = await env.BUCKET.get(featuresKey(encoder.version, block), { range }).catch(
    // R2 refuses a range that begins behind the end: the block has not that many rows.
    () => null,
  );
  const bytes = object === null ? null : await object.bytes();
  if (bytes?.length === range.length) {
    const { soundSha256, features } = readRow(bytes);
    if (soundSha256 === sound_sha256) return features;
  }
  await forgetBlock(env, encoder.version, block, `row ${row} is not of the track ${track}`);
  return null;
}

async function forgetBlock(
  { DB, BUCKET }: Env,
  encoderVersion: Sha256,
  block: number,
  reason: string,
): Promise<void> {
  console.error(`block ${block} of features of ${encoderVersion} is forgotten: ${reason}`);
  await DB.batch([forgetRows(DB, encoderVersion, block), raiseRevision(DB, encoderVersion)]);
  await BUCKET.delete(featuresKey(encoderVersion, block));
}

function forgetRows(db: D1Database, encoderVersion: Sha256, block: number): D1PreparedStatement {
  return db
    .prepare("DELETE FROM features WHERE encoder_version = ? AND block = ?")
    .bind(encoderVersion, block);
}

/** Makes scores stale that were computed from an encoder's features so far. */
export function raiseRevision(db: D1Database, encoderVersion: Sha256): D1PreparedStatement {
  return db
    .prepare("UPDATE encoders SET revision = revision + 1 WHERE version = ?")
    .bind(encoderVersion);
}
