import { ListenerId, ModelId, type Sha256 } from "@lemons/shared/contract/identifier";
import type { Model, ModelManifest, PublishedModel } from "@lemons/shared/contract/model";
import { headBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import { rows, statement } from "../base/rows.ts";

/** The place where a page of models ends: an id, and the place in the order of publishing. */
export const ModelPlace = z.tuple([ModelId, z.int().nonnegative()]);
export type ModelPlace = z.infer<typeof ModelPlace>;

const PublishedRow = z
  .object({
    place: z.int(),
    id: ModelId,
    version: z.string(),
    listener: ListenerId,
    encoder_version: z.string(),
    head_version: z.string(),
    package: ModelId.nullable(),
    active: z.int(),
  })
  .transform((row) => ({
    place: [row.id, row.place] satisfies ModelPlace as ModelPlace,
    model: {
      id: row.id,
      version: row.version,
      listener: row.listener,
      encoderVersion: row.encoder_version,
      headVersion: row.head_version,
      package: row.package,
      active: row.active === 1,
    } satisfies PublishedModel,
  }));

const PUBLISHED_COLUMNS =
  "rowid AS place, id, version, listener, encoder_version, head_version, package, active";

/** Lists published models by id, those of one id in the order of publishing. */
export function listModels(
  db: D1Database,
  { limit, after }: { limit: number; after?: ModelPlace | undefined },
): Promise<{ place: ModelPlace; model: PublishedModel }[]> {
  const [id, place] = after ?? ["", 0];
  return rows(
    db,
    PublishedRow,
    `SELECT ${PUBLISHED_COLUMNS} FROM models WHERE (id, rowid) > (?, ?) ORDER BY id, rowid LIMIT ?`,
    ...[id, place, limit],
  );
}

/** A model that is about to be published. */
export interface ModelToPublish {
  manifest: ModelManifest;
  listener: ListenerId;
  /** Null if the model could not be split and runs as a whole. */
  head: LinearHead | null;
}

/** Inserts a model that is not active yet, unless it exists. */
export function insertModel(
  db: D1Database,
  { manifest, listener, head }: ModelToPublish,
): D1PreparedStatement {
  const { id, version, encoderVersion, headVersion } = manifest;
  return statement(
    db,
    `INSERT INTO models
       (id, version, listener, encoder_version, head_version, manifest, active, package, head)
     VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (id, version) DO NOTHING`,
    ...[id, version, listener, encoderVersion ?? version, headVersion ?? version],
    ...[JSON.stringify(manifest), manifest.package ?? null, head && headBytes(head).buffer],
  );
}

/** Activates a model in place of its listener's current one. Only that listener's scores become stale. */
export function activateModel(
  db: D1Database,
  { id, version, listener }: { id: ModelId; version: Sha256; listener: ListenerId },
): D1PreparedStatement[] {
  return [
    statement(
      db,
      `UPDATE models SET active = 0
       WHERE listener = ? AND active = 1 AND NOT (id = ? AND version = ?)`,
      ...[listener, id, version],
    ),
    statement(db, "UPDATE models SET active = 1 WHERE id = ? AND version = ?", id, version),
  ];
}

/**
 * Activates a model, or every head of a shared-encoder package: of each the version published last,
 * unless the caller names one. Scores become stale only for listeners whose head changes.
 *
 * @param id of a model or of a package
 * @returns the models that are active now; empty if no such model is published
 */
export async function activateModels(
  db: D1Database,
  id: ModelId,
  version: string | undefined,
): Promise<Model[]> {
  const chosen = await rows(
    db,
    PublishedRow,
    `SELECT ${PUBLISHED_COLUMNS} FROM models WHERE rowid IN (
       SELECT max(rowid) FROM models
       WHERE (id = ?1 OR package = ?1) AND (?2 IS NULL OR version = ?2) GROUP BY listener)`,
    ...[id, version ?? null],
  );
  const places = JSON.stringify(chosen.map(({ place }) => place[1]));
  await db.batch([
    statement(
      db,
      `UPDATE models SET active = 0 WHERE active = 1
         AND rowid NOT IN (SELECT value FROM json_each(?1))
         AND listener IN (SELECT listener FROM models
           WHERE rowid IN (SELECT value FROM json_each(?1)))`,
      places,
    ),
    statement(
      db,
      "UPDATE models SET active = 1 WHERE rowid IN (SELECT value FROM json_each(?))",
      places,
    ),
  ]);
  return chosen.map(({ model: { package: _package, active: _active, ...model } }) => model);
}
