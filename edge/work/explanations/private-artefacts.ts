import type { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { deleteByPrefix } from "../../base/delete-by-prefix.ts";
import { explanationPrefix } from "../../base/object-keys.ts";
import type { ExplanationTask } from "./explanation-task.ts";

type Artefact = Pick<
  ExplanationTask,
  "id" | "table" | "cheaperTable" | "privateTrack" | "privateListener"
>;

/**
 * Enters what is about to be made of somebody's own track or for somebody's own listener, so that it is
 * found when that is removed. Of what is everybody's nothing is entered.
 */
export async function recordPrivateArtefacts(
  db: D1Database,
  { id, table, cheaperTable, privateTrack, privateListener }: Artefact,
): Promise<void> {
  if (privateListener !== null) {
    await db
      .prepare(
        "INSERT INTO listener_artefacts (listener, explanation) VALUES (?, ?) ON CONFLICT DO NOTHING",
      )
      .bind(privateListener, id)
      .run();
  }
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
 * Takes an explanation away again whose track or listener was removed while it was being made. Who
 * removes looks for what is entered after the row has gone, who makes looks for the row after everything
 * is stored: one of the two sees the other.
 *
 * @returns whether it was taken away
 */
export async function dropOrphanedExplanation(
  env: Env,
  {
    id,
    privateTrack,
    privateListener,
  }: Pick<ExplanationTask, "id" | "privateTrack" | "privateListener">,
): Promise<boolean> {
  const isWhole =
    (privateTrack === null || (await isThere(env.DB, "tracks", privateTrack))) &&
    (privateListener === null || (await isThere(env.DB, "listeners", privateListener)));
  if (isWhole) return false;
  await deleteByPrefix(env.BUCKET, explanationPrefix(id));
  return true;
}

async function isThere(
  db: D1Database,
  table: "tracks" | "listeners",
  id: TrackId | ListenerId,
): Promise<boolean> {
  return (await db.prepare(`SELECT 1 FROM ${table} WHERE id = ?`).bind(id).first()) !== null;
}
