import { z } from "zod";
import type { BatchItem, Outcome } from "./item.ts";
import { staleStems, staleTables } from "./stale-objects.ts";
import { compactFeatures, forgetFeatures, staleFeatures } from "./sweep-features.ts";

/** What serves no version any more is kept this long, so that an earlier model can come back. */
export const GRACE_MS = 7 * 24 * 60 * 60 * 1000;
/** How long finished batches are remembered. */
const BATCH_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const BATCHES_PER_TURN = 5;
const OBJECTS_PER_TURN = 200;

interface Sweep {
  prefix: string;
  stale(env: Env, page: readonly R2Object[]): Promise<Set<string>>;
  /** What names objects that are about to be deleted. */
  forget?(env: Env, keys: readonly string[]): Promise<void>;
  /** What else there is to do about objects. */
  tend?(env: Env, page: readonly R2Object[]): Promise<void>;
}

const SWEEPS: Record<string, Sweep> = {
  "sweep-tables": { prefix: "tables/", stale: staleTables },
  "sweep-features": {
    prefix: "features/",
    stale: staleFeatures,
    forget: forgetFeatures,
    tend: compactFeatures,
  },
  "sweep-stems": { prefix: "stems/", stale: staleStems },
};

/**
 * Clears away what no version needs any more, a page of objects a turn. Explanations, their audio and
 * their questions stay: links to them are public.
 */
export async function runSweep(env: Env, { id, cursor }: BatchItem): Promise<Outcome> {
  const sweep = SWEEPS[id];
  if (sweep === undefined) return sweepBatches(env.DB);
  const page = await env.BUCKET.list({
    prefix: sweep.prefix,
    limit: OBJECTS_PER_TURN,
    include: ["customMetadata"],
    ...(cursor === null ? {} : { cursor }),
  });
  const stale = await sweep.stale(env, page.objects);
  await retire(
    env,
    page.objects.map(({ key }) => key),
    stale,
    sweep,
  );
  await sweep.tend?.(env, page.objects);
  return page.truncated ? { state: "again", cursor: page.cursor } : { state: "done" };
}

/** Notes since when objects serve nothing, and deletes those whose time is over. */
async function retire(
  env: Env,
  keys: readonly string[],
  stale: Set<string>,
  { forget }: Sweep,
): Promise<void> {
  const { DB, BUCKET } = env;
  const now = Date.now();
  const staleKeys = JSON.stringify([...stale]);
  const inUse = JSON.stringify(keys.filter((key) => !stale.has(key)));
  const [, , due] = await DB.batch([
    DB.prepare("DELETE FROM retired_objects WHERE key IN (SELECT value FROM json_each(?))").bind(
      inUse,
    ),
    DB.prepare(
      `INSERT INTO retired_objects (key, seen_at) SELECT value, ? FROM json_each(?) WHERE true
       ON CONFLICT (key) DO NOTHING`,
    ).bind(new Date(now).toISOString(), staleKeys),
    DB.prepare(
      `SELECT key FROM retired_objects
       WHERE key IN (SELECT value FROM json_each(?)) AND seen_at <= ?`,
    ).bind(staleKeys, new Date(now - GRACE_MS).toISOString()),
  ]);
  const dueKeys = z
    .array(z.object({ key: z.string() }))
    .parse(due?.results)
    .map(({ key }) => key);
  if (dueKeys.length === 0) return;
  await forget?.(env, dueKeys);
  // What says that something is there goes first.
  const [records, rest] = [true, false].map((isRecord) =>
    dueKeys.filter((key) => key.endsWith(".json") === isRecord),
  );
  await BUCKET.delete(records!);
  await BUCKET.delete(rest!);
  await DB.prepare("DELETE FROM retired_objects WHERE key IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(dueKeys))
    .run();
}

async function sweepBatches(db: D1Database): Promise<Outcome> {
  const { meta } = await db
    .prepare(
      `DELETE FROM batches WHERE id IN (
         SELECT id FROM batches WHERE finished_at < ? ORDER BY finished_at LIMIT ?)`,
    )
    .bind(new Date(Date.now() - BATCH_LIFETIME_MS).toISOString(), BATCHES_PER_TURN)
    .run();
  return meta.changes > 0 ? { state: "again" } : { state: "done" };
}
