import { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { rows as selectRows, statement } from "../base/rows.ts";
import { rowRange } from "../catalogue/features/block-format.ts";
import { scoringOf } from "../work/scoring/ensure-scoring.ts";

const BLOCK_KEY = /^features\/([0-9a-f]{64})\/(\d+)\.bin$/;
/** Share of dead rows from which a block is compacted. */
const DEAD_SHARE = 0.25;
/** Each block is read and written once. */
const COMPACTED_AT_ONCE = 8;

const UsedBlock = z.object({
  key: z.string(),
  encoder: Sha256,
  block: z.int(),
  features: z.int(),
  live: z.int(),
});
type UsedBlock = z.infer<typeof UsedBlock>;

/** Finds the blocks among some objects that rows name, of encoders in use, with their live rows. */
async function usedBlocks(db: D1Database, keys: readonly string[]): Promise<UsedBlock[]> {
  const blocks = keys.flatMap((key) => {
    const [, encoder, block] = BLOCK_KEY.exec(key) ?? [];
    return encoder === undefined ? [] : [{ key, encoder, block: Number(block) }];
  });
  if (blocks.length === 0) return [];
  return selectRows(
    db,
    UsedBlock,
    `SELECT listed.value ->> 'key' AS key, features.encoder_version AS encoder, features.block,
       encoders.features, count(tracks.id) AS live
     FROM json_each(?) AS listed
     JOIN features ON features.encoder_version = listed.value ->> 'encoder'
       AND features.block = listed.value ->> 'block'
     JOIN encoders ON encoders.version = features.encoder_version
     LEFT JOIN tracks ON tracks.id = features.track
       AND tracks.sound_sha256 = features.sound_sha256
     WHERE features.encoder_version IN (SELECT encoder_version FROM models WHERE active = 1)
     GROUP BY listed.value ->> 'key'`,
    JSON.stringify(blocks),
  );
}

/** Finds blocks of encoders that are not in use, and blocks that no row names. */
export async function staleFeatures(env: Env, page: readonly R2Object[]): Promise<Set<string>> {
  const keys = page.map(({ key }) => key).filter((key) => BLOCK_KEY.test(key));
  const used = new Set((await usedBlocks(env.DB, keys)).map(({ key }) => key));
  return new Set(keys.filter((key) => !used.has(key)));
}

/** Compacts blocks with many dead rows: of tracks that were removed, or whose sound changed. */
export async function compactFeatures(env: Env, page: readonly R2Object[]): Promise<void> {
  const sizes = new Map(page.map(({ key, size }) => [key, size]));
  const due = (await usedBlocks(env.DB, [...sizes.keys()])).filter(({ key, features, live }) => {
    const { offset, length } = rowRange(features, 0);
    const rows = (sizes.get(key)! - offset) / length;
    return rows - live >= DEAD_SHARE * rows;
  });
  for (const { encoder, block } of due.slice(0, COMPACTED_AT_ONCE)) {
    try {
      await scoringOf(env, encoder).compact(encoder, block);
    } catch (error) {
      // The next night tries again. The sweep goes on.
      console.error(`block ${block} of ${encoder} was not compacted: ${String(error)}`);
    }
  }
}

/** Deletes the rows of blocks: if their encoder is activated again, its features are computed again. */
export async function forgetFeatures({ DB }: Env, keys: readonly string[]): Promise<void> {
  const blocks = JSON.stringify(
    keys.flatMap((key) => {
      const [, encoder, block] = BLOCK_KEY.exec(key) ?? [];
      return encoder === undefined ? [] : [{ encoder, block: Number(block) }];
    }),
  );
  await DB.batch([
    statement(
      DB,
      `UPDATE encoders SET revision = revision + 1 WHERE version IN (
         SELECT features.encoder_version FROM features JOIN json_each(?) AS deleted
           ON features.encoder_version = deleted.value ->> 'encoder'
           AND features.block = deleted.value ->> 'block')`,
      blocks,
    ),
    statement(
      DB,
      `DELETE FROM features WHERE (encoder_version, block) IN (
         SELECT value ->> 'encoder', value ->> 'block' FROM json_each(?))`,
      blocks,
    ),
  ]);
}
