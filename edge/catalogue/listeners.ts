import { KeyId } from "@lemons/shared/contract/access";
import type { ListenerId } from "@lemons/shared/contract/identifier";
import { Listener, type ListenerProfile } from "@lemons/shared/contract/listener";
import { z } from "zod";
import { ANONYMOUS, seesEveryKey, type Viewer } from "../access/caller.ts";
import { firstRow, rows } from "../base/rows.ts";
import { activeModel } from "./models.ts";
import { TRACK_COLUMNS, TrackRow } from "./tracks.ts";

const LISTENER_COLUMNS = `listeners.id, name, taste, owner, count(listens.track) AS tracks, coalesce(sum(listens.plays), 0) AS plays
  FROM listeners LEFT JOIN listens ON listens.listener = listeners.id`;

/** The row that a page of listeners ends at. */
export const ListenerPlace = z.int().positive();
const ListenerRow = Listener.extend({ owner: KeyId.nullable() });
const PlacedListener = ListenerRow.extend({ place: ListenerPlace });

/** A listener and its owner; null if the listener is public. */
export type OwnedListener = z.infer<typeof ListenerRow>;

/**
 * Lists public listeners and the viewer's own, in the catalogue's order.
 *
 * @returns a page, and the cursor of the next one
 */
export async function listListeners(
  db: D1Database,
  {
    limit,
    after = 0,
    viewer = ANONYMOUS,
    mine = false,
  }: { limit: number; after?: number | undefined; viewer?: Viewer; mine?: boolean },
): Promise<{ listeners: Listener[]; next: number | null }> {
  const found = await rows(
    db,
    PlacedListener,
    `SELECT listeners.rowid AS place, ${LISTENER_COLUMNS}
     WHERE listeners.rowid > ?1
       AND ${mine ? "listeners.owner = ?2" : visibleListeners("?2", "?3")}
     GROUP BY listeners.id ORDER BY listeners.rowid LIMIT ?4`,
    ...[after, ...visibilityOf(viewer), limit + 1],
  );
  const page = found.slice(0, limit);
  return {
    listeners: page.map(({ place: _place, owner: _owner, ...listener }) => listener),
    next: found.length > limit ? page.at(-1)!.place : null,
  };
}

/** Condition on `listeners`: those that a viewer sees. {@link visibilityOf} gives its parameters. */
export const visibleListeners = (owner: string, every: string): string =>
  `(listeners.owner IS NULL OR listeners.owner = ${owner} OR ${every})`;

/** Returns the parameters of {@link visibleListeners}: an owner, and 1 to see all listeners. */
export const visibilityOf = (viewer: Viewer): [KeyId | null, 0 | 1] => [
  viewer.owner,
  seesEveryKey(viewer) ? 1 : 0,
];

/** Finds a listener in short. @returns null if the viewer sees none of that id */
export function findListener(
  db: D1Database,
  id: ListenerId,
  viewer: Viewer,
): Promise<OwnedListener | null> {
  return firstRow(
    db,
    ListenerRow,
    `SELECT ${LISTENER_COLUMNS} WHERE listeners.id = ?1 AND ${visibleListeners("?2", "?3")}
     GROUP BY listeners.id`,
    ...[id, ...visibilityOf(viewer)],
  );
}

const HistoryRow = z
  .intersection(z.object({ plays: z.int().positive() }), TrackRow)
  .transform(({ plays, ...track }) => ({ plays, track }));

/**
 * Finds a listener with the listening history by falling play count and the active model.
 *
 * @returns null if the viewer sees none of that id
 */
export async function findListenerProfile(
  db: D1Database,
  id: ListenerId,
  viewer: Viewer,
): Promise<ListenerProfile | null> {
  const [found, model, history] = await Promise.all([
    findListener(db, id, viewer),
    activeModel(db, id),
    rows(
      db,
      HistoryRow,
      `SELECT listens.plays, ${TRACK_COLUMNS} FROM listens JOIN tracks ON tracks.id = listens.track
       WHERE listens.listener = ? AND (tracks.owner IS NULL OR tracks.owner = ?)
       ORDER BY listens.plays DESC, tracks.id`,
      ...[id, viewer.owner],
    ),
  ]);
  if (found === null) return null;
  const { owner: _owner, ...listener } = found;
  return { ...listener, history, model: model?.model ?? null };
}
