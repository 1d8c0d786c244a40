import { z } from "zod";
import { featuresKey } from "../../base/object-keys.ts";
import type { Encoder } from "../encoders.ts";
import { FeatureBlockError, readBlock } from "./block-format.ts";
import { newestBlock, placeRows } from "./block-place.ts";
import { openBlock, raiseRevision } from "./feature-store.ts";

const LiveRow = z.object({ track: z.string(), row: z.int(), sound_sha256: z.string() });

/**
 * Moves what is alive of a block (rows of tracks that are there and still sound so) to the newest one or a
 * further one, so that the block serves nothing any more and is swept. Rows are never moved within a
 * block: whoever has just read where a row is still finds it there. Scores are computed anew.
 *
 * Only the Durable Object of the encoder calls it; a block that was changed meanwhile is not overwritten.
 *
 * @returns rows that were left behind; 0 where the block is missing or damaged: who reads it sees to that
 * @throws FeatureBlockError where the newest block was changed by somebody else
 */
export async function compactBlock(env: Env, encoder: Encoder, block: number): Promise<number> {
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
  const { results } = await DB.prepare(
    `SELECT features.track, features.row, features.sound_sha256
     FROM features JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version = ? AND features.block = ? ORDER BY features.row`,
  )
    .bind(version, block)
    .all();
  const live = z.array(LiveRow).parse(results);
  if (
    live.some(({ row, sound_sha256 }) => row >= read.rows || read.soundOf(row) !== sound_sha256)
  ) {
    return 0;
  }
  const moved = live.length > 0 ? await moveRows() : [];
  await DB.batch([
    DB.prepare(
      `UPDATE features SET block = moved.value ->> 'block', row = moved.value ->> 'row'
       FROM json_each(?3) AS moved
       WHERE encoder_version = ?1 AND block = ?2 AND track = moved.value ->> 'track'
         AND features.row = moved.value ->> 'from'`,
    ).bind(version, block, JSON.stringify(moved)),
    // Of tracks that sound otherwise by now: they are asked for again anyway.
    DB.prepare(
      `DELETE FROM features WHERE encoder_version = ?1 AND block = ?2
         AND NOT EXISTS (SELECT 1 FROM tracks WHERE tracks.id = features.track
           AND tracks.sound_sha256 = features.sound_sha256)`,
    ).bind(version, block),
    // Whoever reads the blocks one after the other meanwhile may see a row twice, or not at all.
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
