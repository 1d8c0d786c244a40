import type { WebhookDelivery, WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { seesEveryKey, type Viewer } from "../../access/caller.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { senderOf } from "./announce.ts";
import { findDelivery, receiverStanding, restartDelivery } from "./deliveries.ts";
import { requireOpenReceiver } from "./receiver.ts";
import { MAX_ATTEMPTS } from "./webhook-sender.ts";

/** Attempts of a delivery that are kept: those of its schedule, and five schedules before. */
const ATTEMPTS_KEPT = 6 * MAX_ATTEMPTS;

/**
 * Sends a finished delivery again: the same bytes under the same `webhook-id`, signed again, at once and
 * then by the whole schedule.
 *
 * @param viewer sees the deliveries of its key, an administrator those of all keys
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
