import type { Sha256 } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { featuresKey } from "../../base/object-keys.ts";
import type { Encoder } from "../encoders.ts";
import { appendRows, FeatureBlockError, type FeatureRow } from "./block-format.ts";

/** A block that rows may be added to, as it is stored. */
export interface OpenBlock {
  bytes: Uint8Array;
  etag: string;
  rows: number;
}

/** Where rows were put. */
export interface PlacedRows {
  block: number;
  /** Row of the first of them. */
  first: number;
  /** Whether no block of that number was in use. */
  isNew: boolean;
}

/**
 * Puts rows into the object store: into an open block, or as a new one.
 *
 * @param open with its number; null for a new block
 * @param newest number of the newest block that rows in the database name, or -1
 * @throws FeatureBlockError where the block was changed by somebody else
 */
export async function placeRows(
  bucket: R2Bucket,
  encoder: Encoder,
  open: (OpenBlock & { block: number }) | null,
  newest: number,
  rows: readonly FeatureRow[],
): Promise<PlacedRows> {
  const block = open?.block ?? newest + 1;
  const key = featuresKey(encoder.version, block);
  // Nobody names a block beyond the newest: what lies there was left behind.
  const before = open ?? (await bucket.head(key));
  const written = await bucket.put(key, appendRows(open?.bytes ?? null, encoder, rows), {
    onlyIf: before ? { etagMatches: before.etag } : { etagDoesNotMatch: "*" },
  });
  if (written === null) {
    throw new FeatureBlockError(`block ${block} of ${encoder.version} was changed meanwhile`);
  }
  return { block, first: open?.rows ?? 0, isNew: open === null };
}

/** Number of the newest block that rows name, or null. */
export async function newestBlock(db: D1Database, encoderVersion: Sha256): Promise<number | null> {
  const row = await db
    .prepare("SELECT max(block) AS block FROM features WHERE encoder_version = ?")
    .bind(encoderVersion)
    .first();
  return z.object({ block: z.int().nullable() }).parse(row).block;
}
