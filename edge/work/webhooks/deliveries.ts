import type { KeyId } from "@lemons/shared/contract/access";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import {
  WebhookAttempt,
  WebhookDelivery,
  type WebhookDeliveryId,
} from "@lemons/shared/contract/webhook";
import { z } from "zod";

/** How long nothing is sent to a receiver that answered 410 Gone. */
const GONE_MS = 24 * 60 * 60 * 1000;

const jsonAttempts = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(WebhookAttempt));

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
  await db
    .prepare(
      `INSERT INTO webhook_deliveries
         (id, owner, event, explanation, url, body, state, next_attempt_at, created_at)
       VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (id) DO NOTHING`,
    )
    .bind(id, key, event, explanation, url, body, at, at)
    .run();
}

/** Finds a pending delivery; null if it is finished or unknown. */
export async function findPending(
  db: D1Database,
  id: WebhookDeliveryId,
  now: Date,
): Promise<PendingDelivery | null> {
  const row = await db
    .prepare(
      `SELECT owner, url, body, attempts, earlier_attempts AS earlierAttempts,
         EXISTS (SELECT 1 FROM api_keys WHERE id = owner AND revoked_at IS NOT NULL) AS isRevoked,
         EXISTS (SELECT 1 FROM webhook_deliveries AS other WHERE other.owner = delivery.owner
           AND other.url = delivery.url AND other.state = 'gone' AND other.finished_at > ?2) AS isGone
       FROM webhook_deliveries AS delivery WHERE id = ?1 AND state = 'pending'`,
    )
    .bind(id, goneSince(now))
    .first();
  return row === null ? null : PendingDelivery.parse(row);
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
  await db
    .prepare(
      `UPDATE webhook_deliveries SET state = ?, attempts = ?, next_attempt_at = ?, finished_at = ?
       WHERE id = ? AND state = 'pending'`,
    )
    .bind(
      ...[state, JSON.stringify(attempts), nextAttemptAt],
      ...[state === "pending" ? null : now.toISOString(), id],
    )
    .run();
}

/** Counts the pending deliveries of a receiver's key, and finds until when nothing is sent to it. */
export async function receiverStanding(
  db: D1Database,
  { owner, url }: { owner: KeyId; url: string },
): Promise<{ pending: number; goneUntil: string | null }> {
  const row = await db
    .prepare(
      `SELECT
         (SELECT count(*) FROM webhook_deliveries WHERE owner = ?1 AND state = 'pending') AS pending,
         (SELECT max(finished_at) FROM webhook_deliveries
          WHERE owner = ?1 AND url = ?2 AND state = 'gone' AND finished_at > ?3) AS goneAt`,
    )
    .bind(owner, url, goneSince(new Date()))
    .first();
  const { pending, goneAt } = z
    .object({ pending: z.int(), goneAt: z.iso.datetime().nullable() })
    .parse(row);
  const goneUntil = goneAt && new Date(Date.parse(goneAt) + GONE_MS).toISOString();
  return { pending, goneUntil };
}

/** Finds a delivery, or null. */
export async function findDelivery(
  db: D1Database,
  id: WebhookDeliveryId,
): Promise<WebhookDelivery | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM webhook_deliveries WHERE id = ?`)
    .bind(id)
    .first();
  return row === null ? null : DeliveryRow.parse(row);
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
  const { meta } = await db
    .prepare(
      `UPDATE webhook_deliveries SET state = 'pending', attempts = ?, earlier_attempts = ?,
         next_attempt_at = ?, finished_at = NULL WHERE id = ? AND state <> 'pending'`,
    )
    .bind(JSON.stringify(attempts), attempts.length, now.toISOString(), id)
    .run();
  return meta.changes > 0;
}

/** Deletes the deliveries about explanations that are removed, pending ones too. */
export async function forgetDeliveries(
  db: D1Database,
  explanations: readonly ExplanationId[],
): Promise<void> {
  await db
    .prepare("DELETE FROM webhook_deliveries WHERE explanation IN (SELECT value FROM json_each(?))")
    .bind(JSON.stringify(explanations))
    .run();
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
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM webhook_deliveries
       WHERE ${owner === null ? "?4 IS NULL" : "owner = ?4"}
         AND created_at <= ?1 AND (created_at < ?1 OR id > ?2)
       ORDER BY created_at DESC, id LIMIT ?3`,
    )
    .bind(createdAt, id, limit, owner)
    .all();
  return z.array(DeliveryRow).parse(results);
}
