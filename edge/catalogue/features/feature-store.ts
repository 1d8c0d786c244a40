import { type Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { featuresKey } from "../../base/object-keys.ts";
import { column, firstRow, rows, statement } from "../../base/rows.ts";
import type { StoredEncoder } from "../encoders.ts";
import { isUploadId } from "../own-ids.ts";
import { deleteScoreFailure } from "../scores.ts";
import {
  FILE_COLUMNS,
  notFailed,
  PUBLIC_TRACKS,
  type TrackFiles,
  TrackFilesRow,
} from "../tracks.ts";
import {
  type FeatureBlock,
  FeatureBlockError,
  readBlock,
  readRow,
  rowRange,
} from "./block-format.ts";
import {
  deleteBlock,
  deleteRows,
  newestBlock,
  openBlock,
  placeRows,
  raiseRevision,
  type TrackFeatures,
} from "./feature-blocks.ts";
import { findOwnFeatures } from "./own-features.ts";

/** Lists catalogue tracks, by id, that are due and have no features of an encoder. */
export function tracksWithoutFeatures(
  db: D1Database,
  encoderVersion: Sha256,
  { limit, now }: { limit: number; now: Date },
): Promise<TrackFiles[]> {
  return rows(
    db,
    TrackFilesRow,
    `SELECT ${FILE_COLUMNS} FROM tracks
     WHERE ${PUBLIC_TRACKS}
     AND NOT EXISTS (
       SELECT 1 FROM features WHERE features.encoder_version = ?1
         AND features.track = tracks.id AND features.sound_sha256 = tracks.sound_sha256)
     AND ${notFailed("?1", "?2")}
     ORDER BY tracks.id LIMIT ?3`,
    ...[encoderVersion, now.toISOString(), limit],
  );
}

/**
 * Stores features of catalogue tracks: first in the newest block or a new one, then the rows that name
 * them. Only the encoder's Durable Object calls it, and a block that another writer changed is not
 * overwritten. If the second step fails, the rows in the block take up room and nothing else.
 *
 * @param found at most `ROWS_PER_BLOCK`
 * @throws FeatureBlockError if another writer changed the newest block
 */
export async function storeFeatures(
  env: Env,
  encoder: StoredEncoder,
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
    // Read after opening: that deletes a damaged block.
    open?.block ?? (await newestBlock(DB, version)) ?? -1,
    found,
  );
  await DB.batch([
    // A new block may take the number of one that was lost.
    ...(isNew ? [deleteRows(DB, version, block)] : []),
    ...found.flatMap(({ track, soundSha256, peaks }, index) => [
      statement(
        DB,
        `INSERT INTO features (encoder_version, track, sound_sha256, block, row)
         SELECT ?1, id, sound_sha256, ?4, ?5 FROM tracks WHERE id = ?2 AND sound_sha256 = ?3
         ON CONFLICT (encoder_version, track) DO UPDATE SET
           sound_sha256 = excluded.sound_sha256, block = excluded.block, row = excluded.row`,
        ...[version, track, soundSha256, block, first + index],
      ),
      statement(
        DB,
        "UPDATE tracks SET peaks = ? WHERE id = ? AND sound_sha256 = ?",
        ...[JSON.stringify(peaks), track, soundSha256],
      ),
      deleteScoreFailure(DB, version, track),
    ]),
    raiseRevision(DB, version),
  ]);
}

/** Lists the numbers of the blocks that hold features of tracks. */
export function blocksOf(db: D1Database, encoderVersion: Sha256): Promise<number[]> {
  return column(
    db,
    z.int(),
    "SELECT DISTINCT block FROM features WHERE encoder_version = ? ORDER BY block",
    encoderVersion,
  );
}

const BlockTrack = z.object({ track: TrackId, row: z.int(), sound_sha256: z.string() });

/** A track of a block. */
export type BlockTrack = z.infer<typeof BlockTrack>;

/** A block and the catalogue tracks in it. */
export interface BlockFeatures {
  block: FeatureBlock;
  tracks: BlockTrack[];
}

/**
 * Reads a block with the catalogue tracks in it whose sound is still the same. Deletes a damaged block,
 * so that its tracks are pooled again.
 *
 * @returns null if the block holds no such track or is damaged
 */
export async function readFeatures(
  env: Env,
  encoder: StoredEncoder,
  block: number,
): Promise<BlockFeatures | null> {
  const tracks = await rows(
    env.DB,
    BlockTrack,
    `SELECT features.track, features.row, features.sound_sha256
     FROM features JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version = ? AND features.block = ? AND ${PUBLIC_TRACKS}
     ORDER BY features.row`,
    ...[encoder.version, block],
  );
  if (tracks.length === 0) return null;
  try {
    const object = await env.BUCKET.get(featuresKey(encoder.version, block));
    if (object === null) throw new FeatureBlockError("the block is missing");
    const read = readBlock(await object.bytes(), encoder);
    for (const { row, track, sound_sha256 } of tracks) {
      if (row < read.rows && read.soundOf(row) === sound_sha256) continue;
      throw new FeatureBlockError(`row ${row} does not hold the track ${track}`);
    }
    return { block: read, tracks };
  } catch (error) {
    if (!(error instanceof FeatureBlockError)) throw error;
    await deleteBlock(env, encoder.version, block, error.message);
    return null;
  }
}

const PlacedFeatures = z.object({ block: z.int(), row: z.int(), sound_sha256: z.string() });

/** Finds a track's features. @returns null if an encoder has none of its present sound */
export async function findTrackFeatures(
  env: Env,
  encoder: StoredEncoder,
  track: TrackId,
): Promise<Float32Array | null> {
  const found = await firstRow(
    env.DB,
    PlacedFeatures,
    `SELECT features.block, features.row, features.sound_sha256
     FROM features JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version = ? AND features.track = ?`,
    ...[encoder.version, track],
  );
  if (found === null) return isUploadId(track) ? findOwnFeatures(env.DB, encoder, track) : null;
  const { block, row, sound_sha256 } = found;
  const range = rowRange(encoder.features, row);
  const object = await env.BUCKET.get(featuresKey(encoder.version, block), { range }).catch(
    // R2 rejects a range that begins behind the end: the block has fewer rows.
    () => null,
  );
  const bytes = object === null ? null : await object.bytes();
  if (bytes?.length === range.length) {
    const { soundSha256, features } = readRow(bytes);
    if (soundSha256 === sound_sha256) return features;
  }
  await deleteBlock(env, encoder.version, block, `row ${row} does not hold the track ${track}`);
  return null;
}
