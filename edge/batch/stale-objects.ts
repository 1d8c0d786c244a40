import { Sha256, TableId } from "@lemons/shared/contract/identifier";
import { SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { z } from "zod";
import { tableRecordKey } from "../base/object-keys.ts";
import { column } from "../base/rows.ts";
import { separatorText, TableOrigin } from "../work/tables/table-store.ts";
import { TABLE_SCHEMA } from "../work/tables/table-task.ts";

/** Finds the objects of a page that nothing uses any more. Keeps those with a key it doesn't know. */

const TABLE_KEY = /^tables\/([^/]+)\.(?:json|bin)$/;
const STEM_KEY = /^stems\/([^/]+)\/([^/]+)\//;
/** Takes the place of the separator in the key of a true stem. */
const TRUE_STEMS = "stems";
const CURRENT_SEPARATORS: readonly string[] = Object.entries(SEPARATOR_VERSIONS).map(
  ([name, version]) => separatorText({ name, version }),
);

/** Finds tables of encoders, sounds or separators that are not in use, and tables without a record. */
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
  const withOrigin = [...origins.values()].filter((origin) => typeof origin === "object");
  const [encoders, sounds] = await Promise.all([
    inUse(
      env.DB,
      ACTIVE_ENCODERS,
      withOrigin.map((origin) => origin.encoderVersion),
    ),
    inUse(
      env.DB,
      CATALOGUE_SOUNDS,
      withOrigin.map((origin) => origin.soundSha256),
    ),
  ]);
  const isStale = (id: TableId): boolean => {
    const origin = origins.get(id);
    if (origin === undefined || origin === "unknown") return false;
    if (origin === "no record") return true;
    return !(
      origin.schema === String(TABLE_SCHEMA) &&
      encoders.has(origin.encoderVersion) &&
      sounds.has(origin.soundSha256) &&
      CURRENT_SEPARATORS.includes(origin.separator)
    );
  };
  return new Set(
    page
      .map(({ key }) => key)
      .filter((key) => {
        const id = TableId.safeParse(TABLE_KEY.exec(key)?.[1]);
        return id.success && isStale(id.data);
      }),
  );
}

/**
 * Finds true stems of audio that no track has, and rendered stems of sounds that no track has or by
 * separators of an earlier version.
 */
export async function staleStems(env: Env, page: readonly R2Object[]): Promise<Set<string>> {
  const stems = page.flatMap(({ key }) => {
    const [, hash, made] = STEM_KEY.exec(key) ?? [];
    const isHash = Sha256.safeParse(hash).success;
    return isHash && hash && made ? [{ key, hash, made }] : [];
  });
  const isTrue = (made: string) => made === TRUE_STEMS;
  const [audio, sounds] = await Promise.all([
    inUse(
      env.DB,
      CATALOGUE_AUDIO,
      stems.filter(({ made }) => isTrue(made)).map((s) => s.hash),
    ),
    inUse(
      env.DB,
      CATALOGUE_SOUNDS,
      stems.filter(({ made }) => !isTrue(made)).map((s) => s.hash),
    ),
  ]);
  const isUsed = ({ hash, made }: { hash: string; made: string }) =>
    isTrue(made) ? audio.has(hash) : sounds.has(hash) && CURRENT_RENDERINGS.includes(made);
  return new Set(stems.filter((stem) => !isUsed(stem)).map(({ key }) => key));
}

const CURRENT_RENDERINGS: readonly string[] = Object.entries(SEPARATOR_VERSIONS).map(
  ([name, version]) => `${name}-${version}`,
);

const among = (name: string, table: string, where = "") =>
  `SELECT DISTINCT ${name} FROM ${table}
   WHERE ${name} IN (SELECT value FROM json_each(?)) ${where}`;
const ACTIVE_ENCODERS = among("encoder_version", "models", "AND active = 1");
const CATALOGUE_SOUNDS = among("sound_sha256", "tracks");
const CATALOGUE_AUDIO = among("audio_sha256", "tracks");

async function inUse(db: D1Database, sql: string, values: readonly string[]): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  return new Set(await column(db, z.string(), sql, JSON.stringify([...new Set(values)])));
}

type Origin = TableOrigin | "no record" | "unknown";

/** Reads a table's origin from the metadata of its record. */
async function originOf(env: Env, id: TableId, listed: Map<string, R2Object>): Promise<Origin> {
  const key = tableRecordKey(id);
  const object = listed.get(key) ?? (await env.BUCKET.head(key));
  if (object === null) return "no record";
  const parsed = TableOrigin.safeParse(object.customMetadata);
  return parsed.success ? parsed.data : "unknown";
}
