import { ListenerId, ModelId, Sha256 } from "@lemons/shared/contract/identifier";
import { type Model, ModelManifest } from "@lemons/shared/contract/model";
import { headOfBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import { column, firstRow, firstValue, hexBytes, json, rows } from "../base/rows.ts";
import type { StoredEncoder } from "./encoders.ts";

/** A model that is in use. */
export interface ActiveModel {
  model: Model;
  manifest: ModelManifest;
  /** Null if the model could not be split and runs as a whole. */
  head: LinearHead | null;
  /** Revision of the encoder's features behind the stored scores; null if there are none. */
  scoredRevision: number | null;
  scoredAt: Date | null;
  /** Number of catalogue tracks that a model without a head has scored. */
  scoredTracks: number;
}

const Head = hexBytes.transform(headOfBytes);

/** A row of {@link MODEL_COLUMNS}. */
export const ActiveModelRow = z
  .object({
    id: ModelId,
    version: Sha256,
    listener: ListenerId,
    encoder_version: Sha256,
    head_version: Sha256,
    manifest: json(ModelManifest),
    head: Head.nullable(),
    scored_revision: z.int().nullable(),
    scored_at: z.string().nullable(),
    scored_tracks: z.int(),
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
      scoredTracks: row.scored_tracks,
    }),
  );

/** Columns of {@link ActiveModelRow}. hex() of NULL would be an empty text, hence the CASE. */
export const MODEL_COLUMNS = `id, version, listener, encoder_version, head_version, manifest,
  CASE WHEN head IS NOT NULL THEN hex(head) END AS head, scored_revision, scored_at, scored_tracks`;

const ACTIVE_MODELS = `SELECT ${MODEL_COLUMNS} FROM models WHERE active = 1`;

/** Finds the model that recommends for a listener. @returns null if none is active */
export function activeModel(db: D1Database, listener: ListenerId): Promise<ActiveModel | null> {
  return firstRow(db, ActiveModelRow, `${ACTIVE_MODELS} AND listener = ?`, listener);
}

/** Lists the active models without a head that an encoder version names, by listener. */
export function activeWholeModels(db: D1Database, encoderVersion: Sha256): Promise<ActiveModel[]> {
  return rows(
    db,
    ActiveModelRow,
    `${ACTIVE_MODELS} AND encoder_version = ? AND head IS NULL ORDER BY listener`,
    encoderVersion,
  );
}

/** Lists active heads of an encoder without scores, by listener. */
export function unscoredHeads(
  db: D1Database,
  encoder: StoredEncoder,
  limit: number,
): Promise<ActiveModel[]> {
  return activeHeads(db, encoder, "scored_revision IS NULL", limit);
}

/** Lists active heads of an encoder whose scores are of an earlier revision, by listener. */
export function staleHeads(
  db: D1Database,
  encoder: StoredEncoder,
  limit: number,
): Promise<ActiveModel[]> {
  return activeHeads(db, encoder, `scored_revision IS NOT ${encoder.revision}`, limit);
}

/** Leaves out heads of another length than the features, which can't be scored: publishing rejects them. */
function activeHeads(
  db: D1Database,
  { version, features }: StoredEncoder,
  condition: string,
  limit: number,
): Promise<ActiveModel[]> {
  return rows(
    db,
    ActiveModelRow,
    `${ACTIVE_MODELS} AND encoder_version = ? AND length(head) = ? AND ${condition}
     ORDER BY listener LIMIT ?`,
    ...[version, 4 * (features + 1), limit],
  );
}

/** Finds the linear head of a published model, active or not. @returns null if it has none */
export function findHead(db: D1Database, id: ModelId, version: Sha256): Promise<LinearHead | null> {
  return firstValue(
    db,
    Head,
    "SELECT hex(head) FROM models WHERE id = ? AND version = ? AND head IS NOT NULL",
    ...[id, version],
  );
}

/** Lists the encoder versions of all active models. */
export function activeEncoders(db: D1Database): Promise<Sha256[]> {
  return column(
    db,
    Sha256,
    "SELECT DISTINCT encoder_version FROM models WHERE active = 1 ORDER BY encoder_version",
  );
}
