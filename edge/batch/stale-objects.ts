import { Sha256, TableId } from "@lemons/shared/contract/identifier";
import { SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { z } from "zod";
import { tableRecordKey } from "../catalogue/object-keys.ts";
import { findTableRecord, isNoTable, separatorText, TableOrigin } from "../tables/store.ts";

/** Objects that no version needs: which of a page they are. What cannot be told apart is kept. */

const TABLE_KEY = /^tables\/([^/]+)\.(?:json|bin)$/;
const FEATURES_KEY = /^features\/([^/]+)\//;
const STEM_KEY = /^stems\/([^/]+)\//;
const CURRENT_SEPARATORS: readonly string[] = Object.entries(SEPARATOR_VERSIONS).map(
  ([name, version]) => separatorText({ name, version }),
);

/** Tables of encoders, sounds or separators that are not in use, and tables without a record. */
export async function staleTables(env: Env, page: readonly R2Object[]): Promise<Set<string>> {
  const ids = new Set(
    page.flatMap(({ key }) => {
      const id = TableId.safeParse(TABLE_KEY.exec(key)?.[1]);
      return id.success ? [id.data] : [];
    }),
  );
  const listed = new Map(page.map((object) => [object.key, object]));
  const origins = new Map(
    await Promise.all([...ids].map(async (id) => [id, await originOf(env, id, listed)] as const)),
  );
  const known = [...origins.values()].filter((origin) => typeof origin === "object");
  const [encoders, sounds] = await Promise.all([
    inUse(
      env.DB,
      ACTIVE_ENCODERS,
      known.map((origin) => origin.encoderVersion),
    ),
    inUse(
      env.DB,
      CATALOGUE_SOUNDS,
      known.map((origin) => origin.soundSha256),
    ),
  ]);
  const isStale = (id: TableId): boolean => {
    const origin = origins.get(id);
    if (origin === undefined || origin === "unknown") return false;
    if (origin === "no record") return true;
    return !(
      encoders.has(origin.encoderVersion) &&
      sounds.has(origin.soundSha256) &&
      CURRENT_SEPARATORS.includes(origin.separator)
    );
  };
  return keysWhere(page, TABLE_KEY, isStale);
}

/** Pooled features of encoders that are not in use. */
export async function staleFeatures(env: Env, page: readonly R2Object[]): Promise<Set<string>> {
  return staleBy(env.DB, page, FEATURES_KEY, ACTIVE_ENCODERS);
}

/** Forgets which rows of blocks were whose: should their encoder come back, they are computed again. */
export async function forgetFeatures({ DB }: Env, keys: readonly string[]): Promise<void> {
  const encoders = JSON.stringify(keys.map((key) => FEATURES_KEY.exec(key)?.[1]));
  await DB.batch([
    DB.prepare(
      "DELETE FROM features WHERE encoder_version IN (SELECT value FROM json_each(?))",
    ).bind(encoders),
    DB.prepare(
      "UPDATE encoders SET revision = revision + 1 WHERE version IN (SELECT value FROM json_each(?))",
    ).bind(encoders),
  ]);
}

/** Stems of audio that the catalogue does not have. */
export async function staleStems(env: Env, page: readonly R2Object[]): Promise<Set<string>> {
  return staleBy(env.DB, page, STEM_KEY, CATALOGUE_AUDIO);
}

const among = (column: string, table: string, where = "") =>
  `SELECT DISTINCT ${column} AS value FROM ${table}
   WHERE ${column} IN (SELECT value FROM json_each(?)) ${where}`;
const ACTIVE_ENCODERS = among("encoder_version", "models", "AND active = 1");
const CATALOGUE_SOUNDS = among("sound_sha256", "tracks");
const CATALOGUE_AUDIO = among("audio_sha256", "tracks");

async function inUse(db: D1Database, sql: string, values: readonly string[]): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  const { results } = await db
    .prepare(sql)
    .bind(JSON.stringify([...new Set(values)]))
    .all();
  return new Set(
    z
      .array(z.object({ value: z.string() }))
      .parse(results)
      .map((row) => row.value),
  );
}

async function staleBy(
  db: D1Database,
  page: readonly R2Object[],
  pattern: RegExp,
  sql: string,
): Promise<Set<string>> {
  const names = page.flatMap(({ key }) => {
    const name = Sha256.safeParse(pattern.exec(key)?.[1]);
    return name.success ? [name.data] : [];
  });
  const used = await inUse(db, sql, names);
  return keysWhere(page, pattern, (name) => Sha256.safeParse(name).success && !used.has(name));
}

function keysWhere(
  page: readonly R2Object[],
  pattern: RegExp,
  isStale: (name: string) => boolean,
): Set<string> {
  const keys = page.map(({ key }) => key);
  return new Set(
    keys.filter((key) => {
      const name = pattern.exec(key)?.[1];
      return name !== undefined && isStale(name);
    }),
  );
}

type Origin = TableOrigin | "no record" | "unknown";

/** From the record's metadata, else from the record itself. */
async function originOf(env: Env, id: TableId, listed: Map<string, R2Object>): Promise<Origin> {
  const key = tableRecordKey(id);
  const object = listed.get(key) ?? (await env.BUCKET.head(key));
  if (object === null) return "no record";
  const told = TableOrigin.safeParse(object.customMetadata);
  if (told.success) return told.data;
  const record = await findTableRecord(env.BUCKET, id);
  if (record === null) return "no record";
  if (isNoTable(record)) return "unknown";
  return {
    encoderVersion: record.encoderVersion,
    soundSha256: record.audio.sha256,
    separator: separatorText({
      name: record.separation.separator,
      version: record.separation.version,
    }),
  };
}
