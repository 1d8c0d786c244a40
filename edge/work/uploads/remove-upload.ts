import { ExplanationId, TableId } from "@lemons/shared/contract/identifier";
import type { Removal } from "@lemons/shared/contract/track";
import { z } from "zod";
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
 * Removes an uploaded track and all that was made of it: first its row, so that nobody sees it any more
 * and whatever is still being made of it notices; then objects and jobs, and the bytes unless another
 * track is the same. Broken off, it can be begun again: the upload's own row goes last.
 */
export async function removeUpload(env: Env, { id, audioSha256 }: UploadRow): Promise<Removal> {
  const { DB } = env;
  const [listens] = await DB.batch([
    DB.prepare("DELETE FROM listens WHERE track = ?").bind(id),
    DB.prepare("DELETE FROM tracks WHERE id = ?").bind(id),
    DB.prepare("UPDATE uploads SET state = 'unusable', reason = 'removed' WHERE id = ?").bind(id),
  ]);
  await probeJobOf(env, id).forget();
  const { results } = await DB.prepare("SELECT kind, id FROM private_artefacts WHERE track = ?")
    .bind(id)
    .all();
  const artefacts = z.array(ArtefactRow).parse(results);
  const removed = { explanation: 0, table: 0 };
  for (const artefact of artefacts) {
    if (await removeArtefact(env, artefact)) removed[artefact.kind]++;
  }
  await forgetDeliveries(
    DB,
    artefacts.flatMap(({ kind, id: made }) => (kind === "explanation" ? [made] : [])),
  );
  const audio = await audioBytesOf(env, audioSha256).removeUnlessNamed(audioSha256);
  await DB.batch([
    DB.prepare("DELETE FROM private_artefacts WHERE track = ?").bind(id),
    // The same bytes may have been uploaded again meanwhile.
    DB.prepare("DELETE FROM uploads WHERE id = ? AND state = 'unusable'").bind(id),
  ]);
  return {
    track: id,
    removed: {
      audio,
      explanations: removed.explanation,
      tables: removed.table,
      listens: listens?.meta.changes ?? 0,
    },
  };
}

/** @returns whether it was there: what was asked for need not have been made */
async function removeArtefact(env: Env, { kind, id }: ArtefactRow): Promise<boolean> {
  if (kind === "table") {
    await tableJobOf(env, id).forget();
    const wasThere = await hasTableOutcome(env.BUCKET, id);
    await deleteTable(env.BUCKET, id);
    return wasThere;
  }
  return removeExplanation(env, id);
}
