import type { WebhookEvent } from "@lemons/shared/contract/explanation-request";
import type { Job } from "@lemons/shared/contract/job";
import { WebhookDeliveryId, type WebhookPayload } from "@lemons/shared/contract/webhook";
import { settingsOf } from "../../base/env.ts";
import { insertDelivery } from "./deliveries.ts";
import type { WebhookReceiver } from "./receiver.ts";

/** Returns a new, unique id of a delivery. */
export const newDeliveryId = (): WebhookDeliveryId =>
  WebhookDeliveryId.parse(`msg_${crypto.randomUUID().replaceAll("-", "")}`);

/** Returns the object that sends a delivery. */
export const senderOf = (env: Env, id: WebhookDeliveryId) => env.WEBHOOK_DELIVERIES.getByName(id);

/** Sends an event to a receiver, unless it is filtered out. The same id twice is one delivery. */
export async function announce(
  env: Env,
  { owner, url, events }: WebhookReceiver,
  event: WebhookEvent,
  job: Job,
  id: WebhookDeliveryId,
): Promise<void> {
  if (!events.includes(event)) return;
  const now = new Date();
  const payload: WebhookPayload = {
    type: `explanation.${event}`,
    timestamp: now.toISOString(),
    data: { ...job, url: `${settingsOf(env).PUBLIC_ORIGIN}/v1/explanations/${job.id}` },
  };
  const body = JSON.stringify(payload);
  await insertDelivery(env.DB, { id, key: owner, event, explanation: job.id, url, body }, now);
  await senderOf(env, id).send(id);
}
