import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { featuresKey } from "../../base/object-keys.ts";
import { firstValue, statement } from "../../base/rows.ts";
import type { StoredEncoder } from "../encoders.ts";
import {
  appendRows,
  FeatureBlockError,
  type FeatureRow,
  ROWS_PER_BLOCK,
  readBlock,
} from "./block-format.ts";

/** The gpu-worker's results for one track: pooled features, and the waveform. */
export interface TrackFeatures {
  track: TrackId;
  soundSha256: Sha256;
  features: Float32Array;
  peaks: readonly number[];
}

/** The newest block of an encoder, as stored. */
export interface OpenBlock {
  block: number;
  bytes: Uint8Array;
  etag: string;
  rows: number;
}

/** The place where rows were stored. */
export interface PlacedRows {
  block: number;
  /** Number of the first row. */
  first: number;
  /** True if no block of that number was in use. */
  isNew: boolean;
}

/**
 * Reads the newest block, to append rows to it.
 *
 * @param room number of rows to append
 * @returns null if there is none, it lacks the room, or it was missing or damaged and is deleted now
 */
export async function openBlock(
  env: Env,
  encoder: StoredEncoder,
  room: number,
): Promise<OpenBlock | null> {
  const block = await newestBlock(env.DB, encoder.version);
  if (block === null) return null;
  const object = await env.BUCKET.get(featuresKey(encoder.version, block));
  if (object === null) {
    await deleteBlock(env, encoder.version, block, "the block is missing");
    return null;
  }
  const bytes = await object.bytes();
  try {
    const { rows } = readBlock(bytes, encoder);
    return rows + room > ROWS_PER_BLOCK ? null : { block, bytes, etag: object.etag, rows };
  } catch (error) {
    if (!(error instanceof FeatureBlockError)) throw error;
    await deleteBlock(env, encoder.version, block, error.message);
    return null;
  }
}

/**
 * Writes rows to the object store: appended to an open block, or as a new block.
 *
 * @param open null for a new block
 * @param newest number of the newest block that rows of the database name, or -1
 * @throws FeatureBlockError if another writer changed the block
 */
export async function placeRows(
  bucket: R2Bucket,
  encoder: StoredEncoder,
  open: OpenBlock | null,
  newest: number,
  rows: readonly FeatureRow[],
): Promise<PlacedRows> {
  const block = open?.block ?? newest + 1;
  const key = featuresKey(encoder.version, block);
  // No row names a block beyond the newest: an object there is left over and may be overwritten.
  const before = open ?? (await bucket.head(key));
  const written = await bucket.put(key, appendRows(open?.bytes ?? null, encoder, rows), {
    onlyIf: before ? { etagMatches: before.etag } : { etagDoesNotMatch: "*" },
  });
  if (written === null) {
    throw new FeatureBlockError(`another writer changed block ${block} of ${encoder.version}`);
  }
  return { block, first: open?.rows ?? 0, isNew: open === null };
}

/** Returns the number of the newest block that rows name, or null. */
export function newestBlock(db: D1Database, encoderVersion: Sha256): Promise<number | null> {
  return firstValue(
    db,
    z.int().nullable(),
    "SELECT max(block) FROM features WHERE encoder_version = ?",
    encoderVersion,
  );
}

/** Deletes a missing or damaged block and its rows, so that its tracks are pooled again. */
export async function deleteBlock(
  { DB, BUCKET }: Env,
  encoderVersion: Sha256,
  block: number,
  reason: string,
): Promise<void> {
  console.error(`deleting block ${block} of the features of ${encoderVersion}: ${reason}`);
  await DB.batch([deleteRows(DB, encoderVersion, block), raiseRevision(DB, encoderVersion)]);
  await BUCKET.delete(featuresKey(encoderVersion, block));
}

/** Deletes the rows of a block from the database. */
export function deleteRows(
  db: D1Database,
  encoderVersion: Sha256,
  block: number,
): D1PreparedStatement {
  return statement(
    db,
    "DELETE FROM features WHERE encoder_version = ? AND block = ?",
    ...[encoderVersion, block],
  );
}

/** Makes all scores stale that were computed from an encoder's features so far. */
export function raiseRevision(db: D1Database, encoderVersion: Sha256): D1PreparedStatement {
  return statement(
    db,
    "UPDATE encoders SET revision = revision + 1 WHERE version = ?",
    encoderVersion,
  );
}
