import type { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { deleteByPrefix } from "../../base/delete-by-prefix.ts";
import { explanationPrefix } from "../../base/object-keys.ts";
import { exists, run, statement } from "../../base/rows.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { ExplanationTask } from "./explanation-task.ts";

type Artefact = Pick<
  ExplanationTask,
  "id" | "table" | "cheaperTable" | "privateTrack" | "privateListener"
>;

/**
 * Records the explanation and the tables that are about to be made of a private track or for a private
 * listener, so that they are found when that is removed. Nothing is recorded for public ones.
 */
export async function recordPrivateArtefacts(
  db: D1Database,
  { id, table, cheaperTable, privateTrack, privateListener }: Artefact,
): Promise<void> {
  if (privateListener !== null) {
    await run(
      db,
      "INSERT INTO listener_artefacts (listener, explanation) VALUES (?, ?) ON CONFLICT DO NOTHING",
      ...[privateListener, id],
    );
  }
  if (privateTrack === null) return;
  const insert = (kind: "explanation" | "table", artefact: string) =>
    statement(
      db,
      "INSERT INTO private_artefacts (track, kind, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      ...[privateTrack, kind, artefact],
    );
  await db.batch([
    insert("explanation", id),
    ...[table, cheaperTable].flatMap((each) => (each === null ? [] : [insert("table", each.id)])),
  ]);
}

/**
 * Deletes an explanation whose track or listener was removed during the computation. A removal first
 * deletes the row and then looks for recorded artefacts; a computation first stores and then looks for
 * the row. So one of the two sees the other.
 *
 * @returns whether it was deleted
 */
export async function dropOrphanedExplanation(
  env: Env,
  {
    id,
    privateTrack,
    privateListener,
  }: Pick<ExplanationTask, "id" | "privateTrack" | "privateListener">,
): Promise<boolean> {
  const isComplete =
    (privateTrack === null || (await isStored(env.DB, "tracks", privateTrack))) &&
    (privateListener === null || (await isStored(env.DB, "listeners", privateListener)));
  if (isComplete) return false;
  await deleteByPrefix(env.BUCKET, explanationPrefix(id));
  return true;
}

/** The failure of a computation whose result was deleted by {@link dropOrphanedExplanation}. */
export const ownerRemoved = (): WorkerFailure =>
  new WorkerFailure("The track or the listener has been removed.", { retryable: false });

function isStored(
  db: D1Database,
  table: "tracks" | "listeners",
  id: TrackId | ListenerId,
): Promise<boolean> {
  return exists(db, `SELECT 1 FROM ${table} WHERE id = ?`, id);
}
