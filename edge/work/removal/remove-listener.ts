import { ExplanationId } from "@lemons/shared/contract/identifier";
import type { ListenerRemoval } from "@lemons/shared/contract/listener";
import { column, run, statement } from "../../base/rows.ts";
import type { OwnedListener } from "../../catalogue/listeners.ts";
import { forgetDeliveries } from "../webhooks/deliveries.ts";
import { removeExplanation } from "./remove-explanation.ts";

/**
 * Removes a listener with its listening history, models and scores, and the explanations for a private
 * one. The listener's row goes first, so that no one sees it any more and computations for it notice.
 * After a failure the same call continues: artefacts are recorded by the listener's id. Explanations
 * for public listeners stay, because links to them are public.
 */
export async function removeListener(
  env: Env,
  { id, owner }: Pick<OwnedListener, "id" | "owner">,
): Promise<ListenerRemoval> {
  const { DB } = env;
  const [models] = await DB.batch([
    statement(DB, "DELETE FROM models WHERE listener = ? RETURNING id", id),
    statement(DB, "DELETE FROM listeners WHERE id = ?", id),
  ]);
  const ids = owner === null ? [] : await explanationsFor(DB, id);
  let explanations = 0;
  for (const explanation of ids) if (await removeExplanation(env, explanation)) explanations++;
  await forgetDeliveries(DB, ids);
  await run(DB, "DELETE FROM listener_artefacts WHERE listener = ?", id);
  return { listener: id, removed: { models: models?.results.length ?? 0, explanations } };
}

function explanationsFor(db: D1Database, listener: string): Promise<ExplanationId[]> {
  return column(
    db,
    ExplanationId,
    "SELECT explanation FROM listener_artefacts WHERE listener = ?",
    listener,
  );
}
