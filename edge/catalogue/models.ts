import { ListenerId, ModelId, Sha256 } from "@lemons/shared/contract/identifier";
import { type Model, ModelManifest } from "@lemons/shared/contract/model";
import { z } from "zod";

/** A model that is in use, with its package's manifest. */
export interface ActiveModel {
  model: Model;
  manifest: ModelManifest;
}

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
  })
  .transform(
    ({ id, version, listener, encoder_version, head_version, manifest }): ActiveModel => ({
      model: {
        id,
        version,
        listener,
        encoderVersion: encoder_version,
        headVersion: head_version,
      },
      manifest,
    }),
  );

/** Columns that make an {@link ActiveModel}. */
export const MODEL_COLUMNS = "id, version, listener, encoder_version, head_version, manifest";

const MODELS = `SELECT ${MODEL_COLUMNS} FROM models WHERE active = 1`;

/** The model that recommends for a listener, or null. */
export async function activeModel(
  db: D1Database,
  listener: ListenerId,
): Promise<ActiveModel | null> {
  const row = await db.prepare(`${MODELS} AND listener = ?`).bind(listener).first();
  return row === null ? null : ActiveModelRow.parse(row);
}

/** Active models that share an encoder, by listener. */
export async function activeModelsOfEncoder(
  db: D1Database,
  encoderVersion: Sha256,
): Promise<ActiveModel[]> {
  const { results } = await db
    .prepare(`${MODELS} AND encoder_version = ? ORDER BY listener`)
    .bind(encoderVersion)
    .all();
  return z.array(ActiveModelRow).parse(results);
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
