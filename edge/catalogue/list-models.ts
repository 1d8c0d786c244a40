import { ModelId } from "@lemons/shared/contract/identifier";
import type { Model, PublishedModel } from "@lemons/shared/contract/model";
import { z } from "zod";

/** Where a page of models ends: an id, and the place in the order of publishing. */
export const ModelPlace = z.tuple([ModelId, z.int().nonnegative()]);
export type ModelPlace = z.infer<typeof ModelPlace>;

const Row = z
  .object({
    place: z.int(),
    id: z.string(),
    version: z.string(),
    listener: z.string(),
    encoder_version: z.string(),
    head_version: z.string(),
    package: z.string().nullable(),
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

const COLUMNS =
  "rowid AS place, id, version, listener, encoder_version, head_version, package, active";

/** Published models by id, those of one id in the order of publishing. */
export async function listModels(
  db: D1Database,
  { limit, after }: { limit: number; after?: ModelPlace | undefined },
): Promise<{ place: ModelPlace; model: PublishedModel }[]> {
  const [id, place] = after ?? ["", 0];
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM models WHERE (id, rowid) > (?, ?) ORDER BY id, rowid LIMIT ?`)
    .bind(id, place, limit)
    .all();
  return z.array(Row).parse(results);
}

/**
 * Puts a model to use, or every head of a shared-encoder package: of each the version published last,
 * unless one is named. Only scores of their listeners are stale then, and only of those whose head is
 * another.
 *
 * @param id of a model or of a package
 * @returns what is in use now; nothing where no such model is published
 */
export async function activateModels(
  db: D1Database,
  id: ModelId,
  version: string | undefined,
): Promise<Model[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM models WHERE rowid IN (
         SELECT max(rowid) FROM models
         WHERE (id = ?1 OR package = ?1) AND (?2 IS NULL OR version = ?2) GROUP BY listener)`,
    )
    .bind(id, version ?? null)
    .all();
  const chosen = z.array(Row).parse(results);
  const places = JSON.stringify(chosen.map(({ place }) => place[1]));
  await db.batch([
    db
      .prepare(
        `UPDATE models SET active = 0 WHERE active = 1
           AND rowid NOT IN (SELECT value FROM json_each(?1))
           AND listener IN (SELECT listener FROM models
             WHERE rowid IN (SELECT value FROM json_each(?1)))`,
      )
      .bind(places),
    db
      .prepare("UPDATE models SET active = 1 WHERE rowid IN (SELECT value FROM json_each(?))")
      .bind(places),
  ]);
  return chosen.map(({ model: { package: _package, active: _active, ...model } }) => model);
}
