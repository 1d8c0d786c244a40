import { FrontEnd } from "@lemons/shared/contract/front-end";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { firstRow, floatBytes, hexFloats, json, run, statement } from "../base/rows.ts";

/** An encoder that models of the catalogue share. */
export interface StoredEncoder {
  version: Sha256;
  /** Length of a track's pooled features. */
  features: number;
  frontEnd: FrontEnd;
  /** Raised whenever features of tracks are stored or lost: scores of an earlier revision are stale. */
  revision: number;
  /** Number of catalogue tracks with features. */
  pooledTracks: number;
  /** The pooled features of silence; null until the gpu-worker has returned them. */
  silence: Float32Array | null;
}

const EncoderRow = z
  .object({
    version: Sha256,
    features: z.int().positive(),
    front_end: json(FrontEnd),
    revision: z.int().nonnegative(),
    pooled_tracks: z.int().nonnegative(),
    silence: hexFloats.nullable(),
  })
  .transform(
    ({ front_end: frontEnd, pooled_tracks: pooledTracks, ...row }): StoredEncoder => ({
      ...row,
      frontEnd,
      pooledTracks,
    }),
  );

/** Finds an encoder. @returns null if no model was split into an encoder of that version */
export function findEncoder(db: D1Database, version: Sha256): Promise<StoredEncoder | null> {
  return firstRow(
    db,
    EncoderRow,
    `SELECT version, features, front_end, revision, pooled_tracks,
       CASE WHEN silence IS NOT NULL THEN hex(silence) END AS silence
     FROM encoders WHERE version = ?`,
    version,
  );
}

/** Stores an encoder's pooled features of silence. */
export async function storeSilence(
  db: D1Database,
  version: Sha256,
  features: Float32Array,
): Promise<void> {
  await run(
    db,
    "UPDATE encoders SET silence = ? WHERE version = ?",
    ...[floatBytes(features), version],
  );
}

/** Inserts an encoder, unless it exists. */
export function insertEncoder(
  db: D1Database,
  { version, features, frontEnd }: Pick<StoredEncoder, "version" | "features" | "frontEnd">,
): D1PreparedStatement {
  return statement(
    db,
    `INSERT INTO encoders (version, features, front_end) VALUES (?, ?, ?)
     ON CONFLICT (version) DO NOTHING`,
    ...[version, features, JSON.stringify(frontEnd)],
  );
}
