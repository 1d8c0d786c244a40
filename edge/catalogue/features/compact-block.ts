import { z } from "zod";
import { featuresKey } from "../../base/object-keys.ts";
import { rows, statement } from "../../base/rows.ts";
import type { StoredEncoder } from "../encoders.ts";
import { FeatureBlockError, readBlock } from "./block-format.ts";
import { newestBlock, openBlock, placeRows, raiseRevision } from "./feature-blocks.ts";

const LiveRow = z.object({ track: z.string(), row: z.int(), sound_sha256: z.string() });

/**
 * Moves the live rows of a block (those of existing tracks with the same sound) to the newest block or a
 * new one, so that the old block serves nothing and the sweep deletes it. Rows never move within a block:
 * a reader who has just looked up a row still finds it there. Scores become stale.
 *
 * Only the encoder's Durable Object calls it, and a block that another writer changed is not overwritten.
 *
 * @returns number of rows left behind; 0 if the block is missing or damaged, which its next reader mends
 * @throws FeatureBlockError if another writer changed the newest block
 */
export async function compactBlock(
  env: Env,
  encoder: StoredEncoder,
  block: number,
): Promise<number> {
  const { DB, BUCKET } = env;
  const { version, features } = encoder;
  const object = await BUCKET.get(featuresKey(version, block));
  if (object === null) return 0;
  let read: ReturnType<typeof readBlock>;
  try {
    read = readBlock(await object.bytes(), encoder);
  } catch (error) {
    if (error instanceof FeatureBlockError) return 0;
    throw error;
  }
  const live = await rows(
    DB,
    LiveRow,
    `SELECT features.track, features.row, features.sound_sha256
     FROM features JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version = ? AND features.block = ? ORDER BY features.row`,
    ...[version, block],
  );
  const isDamaged = live.some(
    ({ row, sound_sha256 }) => row >= read.rows || read.soundOf(row) !== sound_sha256,
  );
  if (isDamaged) return 0;
  const moved = live.length > 0 ? await moveRows() : [];
  await DB.batch([
    statement(
      DB,
      `UPDATE features SET block = moved.value ->> 'block', row = moved.value ->> 'row'
       FROM json_each(?3) AS moved
       WHERE encoder_version = ?1 AND block = ?2 AND track = moved.value ->> 'track'
         AND features.row = moved.value ->> 'from'`,
      ...[version, block, JSON.stringify(moved)],
    ),
    // A reader that goes through the blocks meanwhile may see a row twice, or not at all.
    raiseRevision(DB, version),
  ]);
  return read.rows - live.length;

  async function moveRows() {
    const newest = await newestBlock(DB, version);
    const open = newest === block ? null : await openBlock(env, encoder, live.length);
    const placed = await placeRows(
      BUCKET,
      encoder,
      open,
      (await newestBlock(DB, version)) ?? -1,
      live.map(({ row, sound_sha256 }) => ({
        soundSha256: sound_sha256,
        features: read.matrix.slice(row * features, (row + 1) * features),
      })),
    );
    return live.map(({ track, row }, i) => ({
      track,
      from: row,
      block: placed.block,
      row: placed.first + i,
    }));
  }
}
