import { ExplanationId, TableId } from "@lemons/shared/contract/identifier";
import type { Removal } from "@lemons/shared/contract/track";
import { z } from "zod";
import { rows, statement } from "../../base/rows.ts";
import { removeExplanation } from "../removal/remove-explanation.ts";
import { tableJobOf } from "../tables/table-job.ts";
import { deleteTable, hasTableOutcome } from "../tables/table-store.ts";
import { forgetDeliveries } from "../webhooks/deliveries.ts";
import { audioBytesOf } from "./audio-bytes.ts";
import { probeJobOf } from "./probe-job.ts";
import type { UploadRow } from "./uploads.ts";

const ArtefactRow = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("explanation"), id: ExplanationId }),
  z.object({ kind: z.literal("table"), id: TableId }),
]);
type ArtefactRow = z.infer<typeof ArtefactRow>;

/**
 * Removes an uploaded track and everything that was made of it. Deletes its row first, so that it
 * disappears at once and running work notices; then jobs and objects, and the bytes unless another track
 * has the same. If it breaks off it can be repeated: the upload's own row goes last.
 */
export async function removeUpload(env: Env, { id, audioSha256 }: UploadRow): Promise<Removal> {
  const { DB } = env;
  const [listens] = await DB.batch([
    statement(DB, "DELETE FROM listens WHERE track = ?", id),
    statement(DB, "DELETE FROM tracks WHERE id = ?", id),
    statement(DB, "UPDATE uploads SET state = 'unusable', reason = 'removed' WHERE id = ?", id),
  ]);
  await probeJobOf(env, id).forget();
  const artefacts = await rows(
    DB,
    ArtefactRow,
    "SELECT kind, id FROM private_artefacts WHERE track = ?",
    id,
  );
  const removed = { explanation: 0, table: 0 };
  for (const artefact of artefacts) {
    if (await removeArtefact(env, artefact)) removed[artefact.kind]++;
  }
  await forgetDeliveries(
    DB,
    artefacts.flatMap(({ kind, id: made }) => (kind === "explanation" ? [made] : [])),
  );
  await audioBytesOf(env, audioSha256).removeUnlessNamed(audioSha256);
  await DB.batch([
    statement(DB, "DELETE FROM private_artefacts WHERE track = ?", id),
    // The same bytes may have been uploaded again meanwhile.
    statement(DB, "DELETE FROM uploads WHERE id = ? AND state = 'unusable'", id),
  ]);
  return {
    track: id,
    removed: {
      // Also if another track still has the same bytes: that is not the caller's to know.
      audio: true,
      explanations: removed.explanation,
      tables: removed.table,
      listens: listens?.meta.changes ?? 0,
    },
  };
}

/** @returns false if it was requested but never finished */
async function removeArtefact(env: Env, { kind, id }: ArtefactRow): Promise<boolean> {
  if (kind === "table") {
    await tableJobOf(env, id).forget();
    const wasKnown = await hasTableOutcome(env.BUCKET, id);
    await deleteTable(env.BUCKET, id);
    return wasKnown;
  }
  return removeExplanation(env, id);
}
