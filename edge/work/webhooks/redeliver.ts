import type { WebhookDelivery, WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { seesEveryKey, type Viewer } from "../../access/caller.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { senderOf } from "./announce.ts";
import { MAX_ATTEMPTS } from "./attempt-schedule.ts";
import { findDelivery, receiverStanding, restartDelivery } from "./deliveries.ts";
import { requireOpenReceiver } from "./receiver.ts";

/** Attempts that are remembered of a delivery: those of its schedule, and as many as there is room for before. */
const ATTEMPTS_KEPT = 6 * MAX_ATTEMPTS;

/**
 * Sends a delivery again that is over: the same bytes under the same `webhook-id`, signed anew, at once and
 * then by the whole schedule.
 *
 * @param viewer whose deliveries there are
 * @throws ProblemError unknown-delivery, delivery-pending, receiver-gone, too-many-webhooks
 */
export async function redeliver(
  env: Env,
  id: WebhookDeliveryId,
  viewer: Viewer,
): Promise<WebhookDelivery> {
  const { DB } = env;
  const found = await findDelivery(DB, id);
  if (found === null || !(found.key === viewer.owner || seesEveryKey(viewer))) {
    throw new ProblemError({ kind: "unknown-delivery", id });
  }
  requireOpenReceiver(await receiverStanding(DB, { owner: found.key, url: found.url }));
  const attempts = found.attempts.slice(MAX_ATTEMPTS - ATTEMPTS_KEPT);
  if (!(await restartDelivery(DB, id, attempts, new Date()))) {
    throw new ProblemError({ kind: "delivery-pending", id });
  }
  await senderOf(env, id).send(id);
  const restarted = await findDelivery(DB, id);
  if (restarted === null) throw new ProblemError({ kind: "unknown-delivery", id });
  return restarted;
}
