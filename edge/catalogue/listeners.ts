import { KeyId } from "@lemons/shared/contract/access";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import { Listener, type ListenerProfile } from "@lemons/shared/contract/listener";
import { z } from "zod";
import { ANONYMOUS, seesEveryKey, type Viewer } from "../access/caller.ts";
import { activeModel } from "./models.ts";
import { TRACK_COLUMNS, TrackRow } from "./tracks.ts";

const LISTENER_COLUMNS = `listeners.id, name, taste, owner, count(listens.track) AS tracks, coalesce(sum(listens.plays), 0) AS plays
  FROM listeners LEFT JOIN listens ON listens.listener = listeners.id`;

/** The row that a page of listeners ends at. */
export const ListenerPlace = z.int().positive();
const ListenerRow = Listener.extend({ owner: KeyId.nullable() });
const PlacedListener = ListenerRow.extend({ place: ListenerPlace });

/** A listener, and whose it is; null: everybody's. */
export type OwnedListener = z.infer<typeof ListenerRow>;

/** Everybody's listeners and the viewer's, in the catalogue's order; `next` is where the page after begins. */
export async function listListeners(
  db: D1Database,
  {
    limit,
    after = 0,
    viewer = ANONYMOUS,
    mine = false,
  }: { limit: number; after?: number | undefined; viewer?: Viewer; mine?: boolean },
): Promise<{ listeners: Listener[]; next: number | null }> {
  const { results } = await db
    .prepare(
      `SELECT listeners.rowid AS place, ${LISTENER_COLUMNS}
       WHERE listeners.rowid > ?1 AND ${mine ? "listeners.owner = ?2" : visible("?2", "?3")}
       GROUP BY listeners.id ORDER BY listeners.rowid LIMIT ?4`,
    )
    .bind(after, ...sight(viewer), limit + 1)
    .all();
  const rows = z.array(PlacedListener).parse(results);
  const page = rows.slice(0, limit);
  return {
    listeners: page.map(({ place: _place, owner: _owner, ...listener }) => listener),
    next: rows.length > limit ? page.at(-1)!.place : null,
  };
}

/** Which listeners a viewer sees: with the viewer's {@link sight} as parameters. */
export const visible = (owner: string, every: string): string =>
  `(listeners.owner IS NULL OR listeners.owner = ${owner} OR ${every})`;

/** The parameters of {@link visible}: whose listeners, and whether all of them. */
export const sight = (viewer: Viewer): [KeyId | null, 0 | 1] => [
  viewer.owner,
  seesEveryKey(viewer) ? 1 : 0,
];

/** One listener in short, or null where the viewer sees none of that id. */
export async function findListener(
  db: D1Database,
  id: ListenerId,
  viewer: Viewer,
): Promise<OwnedListener | null> {
  const row = await db
    .prepare(
      `SELECT ${LISTENER_COLUMNS} WHERE listeners.id = ?1 AND ${visible("?2", "?3")}
       GROUP BY listeners.id`,
    )
    .bind(id, ...sight(viewer))
    .first();
  return row === null ? null : ListenerRow.parse(row);
}

const HistoryRow = z
  .intersection(z.object({ plays: z.int().positive() }), TrackRow)
  .transform(({ plays, ...track }) => ({ plays, track }));

/** A listener with the listening history by falling play count and the active model, or null. */
export async function findListenerProfile(
  db: D1Database,
  id: ListenerId,
  viewer: Viewer,
): Promise<ListenerProfile | null> {
  const [found, model, { results }] = await Promise.all([
    findListener(db, id, viewer),
    activeModel(db, id),
    db
      .prepare(
        `SELECT listens.plays, ${TRACK_COLUMNS} FROM listens JOIN tracks ON tracks.id = listens.track
         WHERE listens.listener = ? AND (tracks.owner IS NULL OR tracks.owner = ?) ORDER BY listens.plays DESC, tracks.id`,
      )
      .bind(id, viewer.owner)
      .all(),
  ]);
  if (found === null) return null;
  const { owner: _owner, ...listener } = found;
  return { ...listener, history: z.array(HistoryRow).parse(results), model: model?.model ?? null };
}
