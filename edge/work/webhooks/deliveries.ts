import type { KeyId } from "@lemons/shared/contract/access";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import {
  WebhookAttempt,
  WebhookDelivery,
  type WebhookDeliveryId,
} from "@lemons/shared/contract/webhook";
import { z } from "zod";
import { firstRow, json, rows, run } from "../../base/rows.ts";

/** How long nothing is sent to a receiver that answered 410 Gone. */
const GONE_MS = 24 * 60 * 60 * 1000;

const jsonAttempts = json(z.array(WebhookAttempt));

const DeliveryRow = WebhookDelivery.extend({ attempts: jsonAttempts });

/** Columns of {@link DeliveryRow}. */
const COLUMNS = `id, owner AS key, event, explanation, url, state, attempts,
  next_attempt_at AS nextAttemptAt, created_at AS createdAt, finished_at AS finishedAt`;

/** A pending delivery, with everything that an attempt needs. */
const PendingDelivery = z.object({
  owner: WebhookDelivery.shape.key,
  url: z.string(),
  body: z.string().describe("the bytes that are signed, the same at each attempt"),
  attempts: jsonAttempts,
  earlierAttempts: z.int().describe("of them, before it was last requested again"),
  isRevoked: z.int().transform(Boolean),
  isGone: z.int().transform(Boolean),
});
export type PendingDelivery = z.infer<typeof PendingDelivery>;

/** A delivery to insert. */
export type NewDelivery = Pick<WebhookDelivery, "id" | "key" | "event" | "explanation" | "url"> & {
  body: string;
};

const goneSince = (now: Date): string => new Date(now.getTime() - GONE_MS).toISOString();

/** Inserts a delivery. Inserting it twice changes nothing. */
export async function insertDelivery(
  db: D1Database,
  { id, key, event, explanation, url, body }: NewDelivery,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  await run(
    db,
    `INSERT INTO webhook_deliveries
       (id, owner, event, explanation, url, body, state, next_attempt_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (id) DO NOTHING`,
    ...[id, key, event, explanation, url, body, at, at],
  );
}

/** Finds a pending delivery; null if it is finished or unknown. */
export async function findPending(
  db: D1Database,
  id: WebhookDeliveryId,
  now: Date,
): Promise<PendingDelivery | null> {
  return firstRow(
    db,
    PendingDelivery,
    `SELECT owner, url, body, attempts, earlier_attempts AS earlierAttempts,
         EXISTS (SELECT 1 FROM api_keys WHERE id = owner AND revoked_at IS NOT NULL) AS isRevoked,
         EXISTS (SELECT 1 FROM webhook_deliveries AS other WHERE other.owner = delivery.owner
           AND other.url = delivery.url AND other.state = 'gone' AND other.finished_at > ?2) AS isGone
       FROM webhook_deliveries AS delivery WHERE id = ?1 AND state = 'pending'`,
    ...[id, goneSince(now)],
  );
}

/** The state of a delivery after an attempt. */
export type DeliveryState = Pick<WebhookDelivery, "state" | "attempts" | "nextAttemptAt">;

/** Records the outcome of an attempt. */
export async function updateDelivery(
  db: D1Database,
  id: WebhookDeliveryId,
  { state, attempts, nextAttemptAt }: DeliveryState,
  now: Date,
): Promise<void> {
  await run(
    db,
    `UPDATE webhook_deliveries SET state = ?, attempts = ?, next_attempt_at = ?, finished_at = ?
     WHERE id = ? AND state = 'pending'`,
    ...[state, JSON.stringify(attempts), nextAttemptAt],
    ...[state === "pending" ? null : now.toISOString(), id],
  );
}

/** Counts the pending deliveries of a receiver's key, and finds until when nothing is sent to it. */
export async function receiverStanding(
  db: D1Database,
  { owner, url }: { owner: KeyId; url: string },
): Promise<{ pending: number; goneUntil: string | null }> {
  const found = await firstRow(
    db,
    z.object({ pending: z.int(), goneAt: z.iso.datetime().nullable() }),
    `SELECT
       (SELECT count(*) FROM webhook_deliveries WHERE owner = ?1 AND state = 'pending') AS pending,
       (SELECT max(finished_at) FROM webhook_deliveries
        WHERE owner = ?1 AND url = ?2 AND state = 'gone' AND finished_at > ?3) AS goneAt`,
    ...[owner, url, goneSince(new Date())],
  );
  const { pending, goneAt } = found!;
  const goneUntil = goneAt && new Date(Date.parse(goneAt) + GONE_MS).toISOString();
  return { pending, goneUntil };
}

/** Finds a delivery, or null. */
export async function findDelivery(
  db: D1Database,
  id: WebhookDeliveryId,
): Promise<WebhookDelivery | null> {
  return firstRow(db, DeliveryRow, `SELECT ${COLUMNS} FROM webhook_deliveries WHERE id = ?`, id);
}

/**
 * Makes a finished delivery pending again.
 *
 * @param attempts those to keep
 * @returns false if it is pending
 */
export async function restartDelivery(
  db: D1Database,
  id: WebhookDeliveryId,
  attempts: readonly WebhookAttempt[],
  now: Date,
): Promise<boolean> {
  const restarted = await run(
    db,
    `UPDATE webhook_deliveries SET state = 'pending', attempts = ?, earlier_attempts = ?,
       next_attempt_at = ?, finished_at = NULL WHERE id = ? AND state <> 'pending'`,
    ...[JSON.stringify(attempts), attempts.length, now.toISOString(), id],
  );
  return restarted > 0;
}

/** Deletes the deliveries about explanations that are removed, pending ones too. */
export async function forgetDeliveries(
  db: D1Database,
  explanations: readonly ExplanationId[],
): Promise<void> {
  await run(
    db,
    "DELETE FROM webhook_deliveries WHERE explanation IN (SELECT value FROM json_each(?))",
    JSON.stringify(explanations),
  );
}

/** The place where a page of deliveries ends. */
export const DeliveryPlace = z.tuple([z.iso.datetime(), WebhookDelivery.shape.id]);
export type DeliveryPlace = z.infer<typeof DeliveryPlace>;

/**
 * Lists deliveries, the newest first.
 *
 * @param owner lists those of this key; null lists all
 */
export async function listDeliveries(
  db: D1Database,
  owner: KeyId | null,
  { limit, after }: { limit: number; after?: DeliveryPlace | undefined },
): Promise<WebhookDelivery[]> {
  const [createdAt, id] = after ?? ["9999", ""];
  return rows(
    db,
    DeliveryRow,
    `SELECT ${COLUMNS} FROM webhook_deliveries
     WHERE ${owner === null ? "?4 IS NULL" : "owner = ?4"}
       AND created_at <= ?1 AND (created_at < ?1 OR id > ?2)
     ORDER BY created_at DESC, id LIMIT ?3`,
    ...[createdAt, id, limit, owner],
  );
}
