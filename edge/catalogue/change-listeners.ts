import type { ListenerId } from "@lemons/shared/contract/identifier";
import type { ListeningHistory, NewListener } from "@lemons/shared/contract/listener";
import { z } from "zod";
import { ProblemError } from "../problems/problem.ts";

/**
 * Adds a listener whom everybody sees, with what the listener has listened to.
 *
 * @throws ProblemError listener-exists, unknown-track; then nothing is stored
 */
export async function addListener(
  db: D1Database,
  { id, name, taste, listens }: NewListener,
): Promise<void> {
  await checkTracks(db, listens);
  const [added] = await db.batch([
    db
      .prepare(
        "INSERT INTO listeners (id, name, taste) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING id",
      )
      .bind(id, name, taste),
    // Nobody's where the listener was there before.
    insertListens(db, id, listens, "changes() = 1"),
  ]);
  if (added?.results.length === 0) throw new ProblemError({ kind: "listener-exists", id });
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
  listener: ListenerId,
  { listens }: ListeningHistory,
): Promise<void> {
  await checkTracks(db, listens);
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

/** Everybody's tracks are the ones that a listener whom everybody sees can have listened to. */
async function checkTracks(db: D1Database, listens: ListeningHistory["listens"]): Promise<void> {
  const unknown = await db
    .prepare(
      `SELECT value ->> 'track' AS track FROM json_each(?)
       WHERE value ->> 'track' NOT IN (SELECT id FROM tracks WHERE owner IS NULL) LIMIT 1`,
    )
    .bind(JSON.stringify(listens))
    .first();
  if (unknown === null) return;
  const { track } = z.object({ track: z.string() }).parse(unknown);
  throw new ProblemError({ kind: "unknown-track", id: track });
}
