import type { ListenerId } from "@lemons/shared/contract/identifier";
import { Listener, type ListenerProfile } from "@lemons/shared/contract/listener";
import { z } from "zod";
import { activeModel } from "./models.ts";
import { TRACK_COLUMNS, TrackRow } from "./tracks.ts";

const LISTENER_COLUMNS = `id, name, taste, count(listens.track) AS tracks, coalesce(sum(listens.plays), 0) AS plays
  FROM listeners LEFT JOIN listens ON listens.listener = listeners.id`;

/** The row that a page of listeners ends at. */
export const ListenerPlace = z.int().positive();
const PlacedListener = Listener.extend({ place: ListenerPlace });

/** Everybody's listeners, in the catalogue's order; `next` is where the page after begins. */
export async function listListeners(
  db: D1Database,
  { limit, after = 0 }: { limit: number; after?: number | undefined },
): Promise<{ listeners: Listener[]; next: number | null }> {
  const { results } = await db
    .prepare(
      `SELECT listeners.rowid AS place, ${LISTENER_COLUMNS}
       WHERE listeners.rowid > ? AND listeners.owner IS NULL
       GROUP BY listeners.id ORDER BY listeners.rowid LIMIT ?`,
    )
    .bind(after, limit + 1)
    .all();
  const rows = z.array(PlacedListener).parse(results);
  const page = rows.slice(0, limit);
  return {
    listeners: page.map(({ place: _place, ...listener }) => listener),
    next: rows.length > limit ? page.at(-1)!.place : null,
  };
}

/** One listener in short, or null. */
export async function findListener(db: D1Database, id: ListenerId): Promise<Listener | null> {
  const row = await db
    .prepare(`SELECT ${LISTENER_COLUMNS} WHERE listeners.id = ? GROUP BY listeners.id`)
    .bind(id)
    .first();
  return row === null ? null : Listener.parse(row);
}

const HistoryRow = z
  .intersection(z.object({ plays: z.int().positive() }), TrackRow)
  .transform(({ plays, ...track }) => ({ plays, track }));

/** A listener with the listening history by falling play count and the active model, or null. */
export async function findListenerProfile(
  db: D1Database,
  id: ListenerId,
): Promise<ListenerProfile | null> {
  const [listener, model, { results }] = await Promise.all([
    findListener(db, id),
    activeModel(db, id),
    db
      .prepare(
        `SELECT listens.plays, ${TRACK_COLUMNS} FROM listens JOIN tracks ON tracks.id = listens.track
         WHERE listens.listener = ? AND tracks.owner IS NULL ORDER BY listens.plays DESC, tracks.id`,
      )
      .bind(id)
      .all(),
  ]);
  if (listener === null) return null;
  return { ...listener, history: z.array(HistoryRow).parse(results), model: model?.model ?? null };
}
