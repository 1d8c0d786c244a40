import type { TrackId } from "@lemons/shared/contract/identifier";
import { explanationPrefix } from "../catalogue/object-keys.ts";
import type { AskedTable } from "../tables/asked-table.ts";
import { forgetTable } from "../tables/store.ts";
import { deleteByPrefix } from "../uploads/delete-by-prefix.ts";
import type { Asked } from "./asked.ts";

type Artefact = Pick<Asked, "id" | "table" | "cheaperTable" | "privateTrack">;

/**
 * Enters what is about to be made of somebody's own track, so that it is found when the track is
 * removed. Of everybody's tracks nothing is entered.
 */
export async function recordPrivateArtefacts(
  db: D1Database,
  { id, table, cheaperTable, privateTrack }: Artefact,
): Promise<void> {
  if (privateTrack === null) return;
  const insert = db.prepare(
    "INSERT INTO private_artefacts (track, kind, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  await db.batch([
    insert.bind(privateTrack, "explanation", id),
    ...[table, cheaperTable].flatMap((each) =>
      each === null ? [] : [insert.bind(privateTrack, "table", each.id)],
    ),
  ]);
}

/**
 * Takes an explanation away again whose track was removed while it was being made. Who removes looks
 * for what is entered after the track's row has gone, who makes looks for the row after everything is
 * stored: one of the two sees the other.
 *
 * @returns whether it was taken away
 */
export async function dropOrphanedExplanation(
  env: Env,
  { id, privateTrack }: Pick<Asked, "id" | "privateTrack">,
): Promise<boolean> {
  if (privateTrack === null || (await isThere(env.DB, privateTrack))) return false;
  await deleteByPrefix(env.BUCKET, explanationPrefix(id));
  return true;
}

/** The same of a response table. */
export async function dropOrphanedTable(
  env: Env,
  { id, privateTrack }: Pick<AskedTable, "id" | "privateTrack">,
): Promise<boolean> {
  if (privateTrack === null || (await isThere(env.DB, privateTrack))) return false;
  await forgetTable(env.BUCKET, id);
  return true;
}

async function isThere(db: D1Database, track: TrackId): Promise<boolean> {
  return (await db.prepare("SELECT 1 FROM tracks WHERE id = ?").bind(track).first()) !== null;
}
