import { z } from "zod";
import { rowsOf, run, statement } from "../base/rows.ts";
import type { BatchItem, TurnOutcome } from "./item.ts";
import { staleStems, staleTables } from "./stale-objects.ts";
import { compactFeatures, forgetFeatures, staleFeatures } from "./sweep-features.ts";

/** Time that an object which nothing uses is kept, so that an earlier model can be activated again. */
export const GRACE_MS = 7 * 24 * 60 * 60 * 1000;
/** Time that finished batches are kept. */
const BATCH_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
const BATCHES_PER_TURN = 5;
const OBJECTS_PER_TURN = 200;
const DELETE_RETIRED = "DELETE FROM retired_objects WHERE key IN (SELECT value FROM json_each(?))";

interface Sweep {
  prefix: string;
  stale(env: Env, page: readonly R2Object[]): Promise<Set<string>>;
  /** Deletes the rows that name objects, before the objects. */
  forget?(env: Env, keys: readonly string[]): Promise<void>;
  /** Maintains objects that are in use. */
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
 * Deletes objects that nothing uses any more, one page of the list a turn. Explanations, their audio and
 * their questions stay: links to them are public.
 */
export async function runSweep(env: Env, { id, cursor }: BatchItem): Promise<TurnOutcome> {
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

/** Records since when objects are unused, and deletes those whose grace period is over. */
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
    statement(DB, DELETE_RETIRED, inUse),
    statement(
      DB,
      `INSERT INTO retired_objects (key, seen_at) SELECT value, ? FROM json_each(?) WHERE true
       ON CONFLICT (key) DO NOTHING`,
      ...[new Date(now).toISOString(), staleKeys],
    ),
    statement(
      DB,
      `SELECT key FROM retired_objects
       WHERE key IN (SELECT value FROM json_each(?)) AND seen_at <= ?`,
      ...[staleKeys, new Date(now - GRACE_MS).toISOString()],
    ),
  ]);
  const dueKeys = rowsOf(z.object({ key: z.string() }), due).map(({ key }) => key);
  if (dueKeys.length === 0) return;
  await forget?.(env, dueKeys);
  // Records go first: they state that the other object exists.
  const [records, rest] = [true, false].map((isRecord) =>
    dueKeys.filter((key) => key.endsWith(".json") === isRecord),
  );
  await BUCKET.delete(records!);
  await BUCKET.delete(rest!);
  await run(DB, DELETE_RETIRED, JSON.stringify(dueKeys));
}

/** Deletes the next few batches that ended long ago. */
async function sweepBatches(db: D1Database): Promise<TurnOutcome> {
  const deleted = await run(
    db,
    `DELETE FROM batches WHERE id IN (
       SELECT id FROM batches WHERE finished_at < ? ORDER BY finished_at LIMIT ?)`,
    ...[new Date(Date.now() - BATCH_LIFETIME_MS).toISOString(), BATCHES_PER_TURN],
  );
  return deleted > 0 ? { state: "again" } : { state: "done" };
}
