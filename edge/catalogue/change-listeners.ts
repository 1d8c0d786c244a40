import type { KeyId } from "@lemons/shared/contract/access";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { ListeningHistory, NewListener } from "@lemons/shared/contract/listener";
import { z } from "zod";
import { type Caller, seesEveryKey } from "../access/caller.ts";
import { ProblemError } from "../base/problems/problem.ts";
import { findListener, type OwnedListener } from "./listeners.ts";

/** Listeners that one key may have. */
export const MAX_OWN_LISTENERS = 50;

/**
 * Finds a listener that the caller may change: an API key its own, an administrator all.
 *
 * @throws ProblemError unknown-listener; missing-scope if the listener is public
 */
export async function findListenerToChange(
  db: D1Database,
  id: ListenerId,
  caller: Caller,
): Promise<OwnedListener> {
  const listener = await findListener(db, id, caller);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id });
  if (listener.owner === null && !seesEveryKey(caller)) {
    throw new ProblemError({ kind: "missing-scope", scope: "admin" });
  }
  return listener;
}

/**
 * Adds a listener with what the listener has listened to.
 *
 * @param owner the key that alone sees the listener; null: everybody does
 * @throws ProblemError listener-exists, too-many-listeners, unknown-track; then nothing is stored
 */
export async function addListener(
  db: D1Database,
  { id, name, taste, listens }: NewListener,
  owner: KeyId | null,
): Promise<void> {
  await checkTracks(db, listens, owner);
  const [added] = await db.batch([
    db
      .prepare(
        `INSERT INTO listeners (id, name, taste, owner) SELECT ?1, ?2, ?3, ?4
         WHERE ?4 IS NULL OR (SELECT count(*) FROM listeners WHERE owner = ?4) < ?5
         ON CONFLICT (id) DO NOTHING RETURNING id`,
      )
      .bind(id, name, taste, owner, MAX_OWN_LISTENERS),
    // Nobody's where the listener was there before.
    insertListens(db, id, listens, "changes() = 1"),
  ]);
  if (added?.results.length !== 0) return;
  const isThere = await db.prepare("SELECT 1 FROM listeners WHERE id = ?").bind(id).first();
  throw new ProblemError(
    isThere === null
      ? { kind: "too-many-listeners", limit: MAX_OWN_LISTENERS }
      : { kind: "listener-exists", id },
  );
}

/**
 * Puts what a listener has listened to in the place of what was there. The listener's scores are stale
 * then; the model stays until a head is fitted anew.
 *
 * @param listener known to the catalogue
 * @throws ProblemError unknown-track; then nothing is changed
 */
export async function replaceListens(
  db: D1Database,
  { id: listener, owner }: Pick<OwnedListener, "id" | "owner">,
  { listens }: ListeningHistory,
): Promise<void> {
  await checkTracks(db, listens, owner);
  await db.batch([
    db
      .prepare(
        `DELETE FROM listens WHERE listener = ?1
           AND track NOT IN (SELECT value ->> 'track' FROM json_each(?2))`,
      )
      .bind(listener, JSON.stringify(listens)),
    insertListens(db, listener, listens, "true"),
  ]);
}

function insertListens(
  db: D1Database,
  listener: ListenerId,
  listens: ListeningHistory["listens"],
  condition: string,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO listens (listener, track, plays)
       SELECT ?1, value ->> 'track', value ->> 'plays' FROM json_each(?2) WHERE ${condition}
       ON CONFLICT (listener, track) DO UPDATE SET plays = excluded.plays`,
    )
    .bind(listener, JSON.stringify(listens));
}

/** A listener can have listened to everybody's tracks, a key's own listener to that key's as well. */
async function checkTracks(
  db: D1Database,
  listens: ListeningHistory["listens"],
  owner: KeyId | null,
): Promise<void> {
  const unknown = await db
    .prepare(
      `SELECT value ->> 'track' AS track FROM json_each(?1)
       WHERE NOT EXISTS (SELECT 1 FROM tracks
         WHERE id = value ->> 'track' AND (owner IS NULL OR owner = ?2)) LIMIT 1`,
    )
    .bind(JSON.stringify(listens), owner)
    .first();
  if (unknown === null) return;
  const { track } = z.object({ track: z.string() }).parse(unknown);
  throw new ProblemError({ kind: "unknown-track", id: track });
}
