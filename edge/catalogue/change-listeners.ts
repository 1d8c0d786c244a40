import type { KeyId } from "@lemons/shared/contract/access";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { ListeningHistory, NewListener } from "@lemons/shared/contract/listener";
import { z } from "zod";
import { type Caller, seesEveryKey } from "../access/caller.ts";
import { ProblemError } from "../base/problems/problem.ts";
import { exists, firstValue, statement } from "../base/rows.ts";
import { findListener, type OwnedListener } from "./listeners.ts";

/** Number of listeners that one API key may have. */
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
 * Adds a listener with a listening history.
 *
 * @param owner the only key that sees the listener; null makes it public
 * @throws ProblemError listener-exists, too-many-listeners, unknown-track; then nothing is stored
 */
export async function addListener(
  db: D1Database,
  { id, name, taste, listens }: NewListener,
  owner: KeyId | null,
): Promise<void> {
  await checkTracks(db, listens, owner);
  const [added] = await db.batch([
    statement(
      db,
      `INSERT INTO listeners (id, name, taste, owner) SELECT ?1, ?2, ?3, ?4
       WHERE ?4 IS NULL OR (SELECT count(*) FROM listeners WHERE owner = ?4) < ?5
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      ...[id, name, taste, owner, MAX_OWN_LISTENERS],
    ),
    // Inserts nothing if the listener was not added.
    insertListens(db, id, listens, "changes() = 1"),
  ]);
  if (added?.results.length !== 0) return;
  const isTaken = await exists(db, "SELECT 1 FROM listeners WHERE id = ?", id);
  throw new ProblemError(
    isTaken
      ? { kind: "listener-exists", id }
      : { kind: "too-many-listeners", limit: MAX_OWN_LISTENERS },
  );
}

/**
 * Replaces a listener's listening history. The listener's scores become stale; the model stays until a
 * head is fitted again.
 *
 * @param listener one that exists
 * @throws ProblemError unknown-track; then nothing is changed
 */
export async function replaceListens(
  db: D1Database,
  { id: listener, owner }: Pick<OwnedListener, "id" | "owner">,
  { listens }: ListeningHistory,
): Promise<void> {
  await checkTracks(db, listens, owner);
  await db.batch([
    statement(
      db,
      `DELETE FROM listens WHERE listener = ?1
         AND track NOT IN (SELECT value ->> 'track' FROM json_each(?2))`,
      ...[listener, JSON.stringify(listens)],
    ),
    insertListens(db, listener, listens, "true"),
  ]);
}

function insertListens(
  db: D1Database,
  listener: ListenerId,
  listens: ListeningHistory["listens"],
  condition: string,
): D1PreparedStatement {
  return statement(
    db,
    `INSERT INTO listens (listener, track, plays)
     SELECT ?1, value ->> 'track', value ->> 'plays' FROM json_each(?2) WHERE ${condition}
     ON CONFLICT (listener, track) DO UPDATE SET plays = excluded.plays`,
    ...[listener, JSON.stringify(listens)],
  );
}

/** Checks that all tracks are public or, for a key's own listener, that key's. */
async function checkTracks(
  db: D1Database,
  listens: ListeningHistory["listens"],
  owner: KeyId | null,
): Promise<void> {
  const unknown = await firstValue(
    db,
    z.string(),
    `SELECT value ->> 'track' FROM json_each(?1)
     WHERE NOT EXISTS (SELECT 1 FROM tracks
       WHERE id = value ->> 'track' AND (owner IS NULL OR owner = ?2)) LIMIT 1`,
    ...[JSON.stringify(listens), owner],
  );
  if (unknown !== null) throw new ProblemError({ kind: "unknown-track", id: unknown });
}
