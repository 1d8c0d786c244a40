import type { Job } from "@lemons/shared/contract/job";
import type { WebhookDeliveryId } from "@lemons/shared/contract/webhook";
import { announce, newDeliveryId } from "./announce.ts";
import { WebhookReceiver } from "./receiver.ts";

/** Informs the receivers of one job's events. */
export interface JobReceivers {
  /** Adds a receiver, and announces the start to a new one. */
  add(env: Env, receiver: WebhookReceiver, job: Job): Promise<void>;
  /** Announces the end to all receivers. Called again after a failure, it announces to the rest. */
  onEnd(env: Env, job: Job): Promise<void>;
}

/**
 * Keeps the receivers of a job in its object's database: one row for each key and address, with the
 * delivery that will announce the end.
 */
export function createJobReceivers(sql: SqlStorage): JobReceivers {
  return {
    async add(env, receiver, job) {
      sql.exec(
        `CREATE TABLE IF NOT EXISTS receivers (
           owner TEXT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL, delivery TEXT NOT NULL,
           PRIMARY KEY (owner, url))`,
      );
      const { owner, url, events } = receiver;
      const isNew = sql.exec(SELECT_ONE, owner, url).toArray().length === 0;
      // A receiver that was added before wants to be informed of other events from now on.
      sql.exec(
        `INSERT INTO receivers (owner, url, events, delivery) VALUES (?, ?, ?, ?)
         ON CONFLICT (owner, url) DO UPDATE SET events = excluded.events`,
        ...[owner, url, JSON.stringify(events), newDeliveryId()],
      );
      if (isNew && (job.state === "queued" || job.state === "running")) {
        await announce(env, receiver, "start", job, newDeliveryId());
      }
    },

    async onEnd(env, job) {
      for (const { receiver, delivery } of readReceivers(sql)) {
        await announce(env, receiver, "completed", job, delivery);
        sql.exec("DELETE FROM receivers WHERE delivery = ?", delivery);
      }
    },
  };
}

const SELECT_ONE = "SELECT 1 FROM receivers WHERE owner = ? AND url = ?";
const TABLE_EXISTS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'receivers'";

function readReceivers(
  sql: SqlStorage,
): { receiver: WebhookReceiver; delivery: WebhookDeliveryId }[] {
  if (sql.exec(TABLE_EXISTS).toArray().length === 0) return [];
  return sql
    .exec<{ owner: string; url: string; events: string; delivery: WebhookDeliveryId }>(
      "SELECT owner, url, events, delivery FROM receivers",
    )
    .toArray()
    .map(({ delivery, events, ...rest }) => ({
      receiver: WebhookReceiver.parse({ ...rest, events: JSON.parse(events) as unknown }),
      delivery,
    }));
}
