import { WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { z } from "zod";
import { senderOf } from "./announce.ts";

const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
/** A delivery that is so late has lost its alarm. */
const OVERDUE_MS = 10 * 60 * 1000;
const AT_ONCE = 100;
const SWEPT_AT_ONCE = 5000;

/** Sends overdue deliveries, and deletes those that are older than a month. */
export async function tendDeliveries(env: Env): Promise<void> {
  const now = Date.now();
  const { results } = await env.DB.prepare(
    `SELECT id FROM webhook_deliveries WHERE state = 'pending' AND next_attempt_at < ?
     ORDER BY next_attempt_at LIMIT ?`,
  )
    .bind(new Date(now - OVERDUE_MS).toISOString(), AT_ONCE)
    .all();
  const overdue = z.array(z.object({ id: WebhookDeliveryId })).parse(results);
  await Promise.all(overdue.map(({ id }) => senderOf(env, id).send(id)));
  await env.DB.prepare(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE created_at < ? ORDER BY created_at LIMIT ?)`,
  )
    .bind(new Date(now - LIFETIME_MS).toISOString(), SWEPT_AT_ONCE)
    .run();
}
