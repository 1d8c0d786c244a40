import { WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { column, run } from "../../base/rows.ts";
import { senderOf } from "./announce.ts";

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
/** A delivery that is so late has lost its alarm. */
const OVERDUE_MS = 10 * 60 * 1000;
const AT_ONCE = 100;
const SWEPT_AT_ONCE = 5000;

/** Sends overdue deliveries, and deletes those that are older than a month. */
export async function tendDeliveries(env: Env): Promise<void> {
  const now = Date.now();
  const overdue = await column(
    env.DB,
    WebhookDeliveryId,
    `SELECT id FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at < ?
     ORDER BY next_attempt_at LIMIT ?`,
    ...[new Date(now - OVERDUE_MS).toISOString(), AT_ONCE],
  );
  await Promise.all(overdue.map((id) => senderOf(env, id).send(id)));
  await run(
    env.DB,
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE created_at < ? ORDER BY created_at LIMIT ?)`,
    ...[new Date(now - LIFETIME_MS).toISOString(), SWEPT_AT_ONCE],
  );
}
