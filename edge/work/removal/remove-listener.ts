import { ExplanationId } from "@lemons/shared/contract/identifier";
import type { ListenerRemoval } from "@lemons/shared/contract/listener";
import { z } from "zod";
import type { OwnedListener } from "../../catalogue/listeners.ts";
import { forgetDeliveries } from "../webhooks/deliveries.ts";
import { removeExplanation } from "./remove-explanation.ts";

/**
 * Removes a listener with what was listened to, models and scores, and whatever was explained to
 * somebody's own: first the row, so that nobody sees it any more and what is still being made for it
 * notices. Broken off, the same call goes on: what it looks for is entered by the listener's id.
 * Explanations to everybody's listeners stay, since links to them are public.
 */
export async function removeListener(
  env: Env,
  { id, owner }: Pick<OwnedListener, "id" | "owner">,
): Promise<ListenerRemoval> {
  const { DB } = env;
  const [models] = await DB.batch([
    DB.prepare("DELETE FROM models WHERE listener = ? RETURNING id").bind(id),
    DB.prepare("DELETE FROM listeners WHERE id = ?").bind(id),
  ]);
  const ids = owner === null ? [] : await explanationsFor(DB, id);
  let explanations = 0;
  for (const explanation of ids) if (await removeExplanation(env, explanation)) explanations++;
  await forgetDeliveries(DB, ids);
  await DB.prepare("DELETE FROM listener_artefacts WHERE listener = ?").bind(id).run();
  return { listener: id, removed: { models: models?.results.length ?? 0, explanations } };
}

async function explanationsFor(db: D1Database, listener: string): Promise<ExplanationId[]> {
  const { results } = await db
    .prepare("SELECT explanation FROM listener_artefacts WHERE listener = ?")
    .bind(listener)
    .all();
  return z
    .array(z.object({ explanation: ExplanationId }))
    .parse(results)
    .map(({ explanation }) => explanation);
}
