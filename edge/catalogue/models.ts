import { ListenerId, ModelId, Sha256 } from "@lemons/shared/contract/identifier";
import { type Model, ModelManifest } from "@lemons/shared/contract/model";
import { headOfBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import type { Encoder } from "./encoders.ts";

/** A model that is in use. */
export interface ActiveModel {
  model: Model;
  manifest: ModelManifest;
  /** Null where the model is used whole. */
  head: LinearHead | null;
  /** Revision of the encoder's features that the stored scores were computed from; null before. */
  scoredRevision: number | null;
  scoredAt: Date | null;
}

const Head = z
  .string()
  .transform((hex) =>
    headOfBytes(Uint8Array.from(hex.match(/../g) ?? [], (b) => Number(`0x${b}`))),
  );

/** A row of {@link MODEL_COLUMNS}. */
export const ActiveModelRow = z
  .object({
    id: ModelId,
    version: Sha256,
    listener: ListenerId,
    encoder_version: Sha256,
    head_version: Sha256,
    manifest: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(ModelManifest),
    head: Head.nullable(),
    scored_revision: z.int().nullable(),
    scored_at: z.string().nullable(),
  })
  .transform(
    ({ encoder_version, head_version, manifest, head, ...row }): ActiveModel => ({
      model: {
        id: row.id,
        version: row.version,
        listener: row.listener,
        encoderVersion: encoder_version,
        headVersion: head_version,
      },
      manifest,
      head,
      scoredRevision: row.scored_revision,
      scoredAt: row.scored_at === null ? null : new Date(row.scored_at),
    }),
  );

/** Columns that make an {@link ActiveModel}; hex() of NULL would be an empty text. */
export const MODEL_COLUMNS = `id, version, listener, encoder_version, head_version, manifest,
  CASE WHEN head IS NOT NULL THEN hex(head) END AS head, scored_revision, scored_at`;

const MODELS = `SELECT ${MODEL_COLUMNS} FROM models WHERE active = 1`;

/** The model that recommends for a listener, or null. */
export async function activeModel(
  db: D1Database,
  listener: ListenerId,
): Promise<ActiveModel | null> {
  const row = await db.prepare(`${MODELS} AND listener = ?`).bind(listener).first();
  return row === null ? null : ActiveModelRow.parse(row);
}

/** Active models of an encoder that are used whole, by listener. */
export async function activeWholeModels(
  db: D1Database,
  encoderVersion: Sha256,
): Promise<ActiveModel[]> {
  const { results } = await db
    .prepare(`${MODELS} AND encoder_version = ? AND head IS NULL ORDER BY listener`)
    .bind(encoderVersion)
    .all();
  return z.array(ActiveModelRow).parse(results);
}

/** Active heads of an encoder that have no scores yet, by listener. */
export function unscoredHeads(db: D1Database, encoder: Encoder, limit: number) {
  return activeHeads(db, encoder, "scored_revision IS NULL", limit);
}

/** Active heads of an encoder whose scores are not of its present features, by listener. */
export function staleHeads(db: D1Database, encoder: Encoder, limit: number) {
  const { revision } = encoder;
  return activeHeads(db, encoder, `scored_revision IS NOT ${revision}`, limit);
}

/** Heads of another length than the encoder's features cannot be scored: publishing refuses them. */
async function activeHeads(
  db: D1Database,
  { version, features }: Encoder,
  condition: string,
  limit: number,
): Promise<ActiveModel[]> {
  const { results } = await db
    .prepare(
      `${MODELS} AND encoder_version = ? AND length(head) = ? AND ${condition}
       ORDER BY listener LIMIT ?`,
    )
    .bind(version, 4 * (features + 1), limit)
    .all();
  return z.array(ActiveModelRow).parse(results);
}

/** The linear head of a published model, in use or not; null where it has none. */
export async function findHead(
  db: D1Database,
  id: ModelId,
  version: Sha256,
): Promise<LinearHead | null> {
  const row = await db
    .prepare(
      "SELECT hex(head) AS head FROM models WHERE id = ? AND version = ? AND head IS NOT NULL",
    )
    .bind(id, version)
    .first();
  return row === null ? null : z.object({ head: Head }).parse(row).head;
}

/** Every encoder that an active model has. */
export async function activeEncoders(db: D1Database): Promise<Sha256[]> {
  const { results } = await db
    .prepare(
      "SELECT DISTINCT encoder_version FROM models WHERE active = 1 ORDER BY encoder_version",
    )
    .all();
  return z
    .array(z.object({ encoder_version: Sha256 }))
    .parse(results)
    .map((r) => r.encoder_version);
}
