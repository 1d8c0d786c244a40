import { DurableObject } from "cloudflare:workers";
import type { WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { attemptDelivery } from "./attempt-delivery.ts";

const ID = "delivery";
/** When to look again where the database could not be asked. */
const TROUBLE_MS = 60_000;

/**
 * The clock of one delivery, named by its id: one attempt at a time, each in an alarm. How the delivery
 * stands is in D1; this object remembers its id, and nothing once it is over.
 */
export class WebhookSender extends DurableObject<Env> {
  /** Sends at once, unless an attempt is due anyway. */
  async send(id: WebhookDeliveryId): Promise<void> {
    await this.ctx.storage.put(ID, id);
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now());
    }
  }

  override async alarm(): Promise<void> {
    const id = await this.ctx.storage.get<WebhookDeliveryId>(ID);
    if (id === undefined) return;
    let next: Date | null;
    try {
      next = await attemptDelivery(this.env, id);
    } catch (error) {
      console.error(`webhook ${id}: ${error instanceof Error ? error.stack : String(error)}`);
      next = new Date(Date.now() + TROUBLE_MS);
    }
    if (next === null) await this.ctx.storage.deleteAll();
    else await this.ctx.storage.setAlarm(next);
  }
}
