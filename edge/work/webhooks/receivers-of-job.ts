import type { WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { newDeliveryId } from "./announce.ts";
import { Receiver } from "./receiver.ts";

/** A receiver that waits for a job, and the delivery that will tell it of the end. */
export interface WaitingReceiver {
  receiver: Receiver;
  delivery: WebhookDeliveryId;
}

/** Those who want to hear of a job's end, kept in its object: one entry a key and address. */
export class ReceiversOfJob {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS receivers (
         owner TEXT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL, delivery TEXT NOT NULL,
         PRIMARY KEY (owner, url))`,
    );
  }

  /** @returns whether it was not there yet; otherwise it wants to hear of other events from now on */
  add({ owner, url, events }: Receiver): boolean {
    const before = this.#count();
    this.#sql.exec(
      `INSERT INTO receivers (owner, url, events, delivery) VALUES (?, ?, ?, ?)
       ON CONFLICT (owner, url) DO UPDATE SET events = excluded.events`,
      ...[owner, url, JSON.stringify(events), newDeliveryId()],
    );
    return this.#count() > before;
  }

  all(): WaitingReceiver[] {
    return this.#sql
      .exec<{ owner: string; url: string; events: string; delivery: WebhookDeliveryId }>(
        "SELECT owner, url, events, delivery FROM receivers",
      )
      .toArray()
      .map(({ delivery, events, ...rest }) => ({
        receiver: Receiver.parse({ ...rest, events: JSON.parse(events) as unknown }),
        delivery,
      }));
  }

  remove(delivery: WebhookDeliveryId): void {
    this.#sql.exec("DELETE FROM receivers WHERE delivery = ?", delivery);
  }

  #count(): number {
    return this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM receivers").one().n;
  }
}
