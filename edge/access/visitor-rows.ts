import { KeyId } from "@lemons/shared/contract/access";
import { z } from "zod";
import type { Visitor } from "./caller.ts";

/** What no key's hash is: nobody can send the key of a visitor's row. */
const NO_HASH = "0".repeat(64);

/**
 * Enters a visitor who is about to own something, or lets one who does stay on.
 *
 * @param network name of the account of the visitor's address: what all its visitors have is counted together
 */
export async function enterVisitor(
  db: D1Database,
  { id, expiresAt }: Visitor,
  network: string,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO api_keys (id, name, token_sha256, scopes, compute_seconds_per_day, storage_bytes,
         created_at, expires_at, visitor_network) VALUES (?, 'visitor', ?, '[]', 0, 0, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE
         SET expires_at = excluded.expires_at, visitor_network = excluded.visitor_network
         WHERE visitor_network IS NOT NULL`,
    )
    .bind(id, NO_HASH, new Date().toISOString(), expiresAt.toISOString(), network)
    .run();
}

/** Visitors whose time was over at a moment, those first who have been gone longest. */
export async function visitorsGoneBefore(
  db: D1Database,
  moment: Date,
  limit: number,
): Promise<KeyId[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM api_keys WHERE visitor_network IS NOT NULL AND expires_at < ?
       ORDER BY expires_at LIMIT ?`,
    )
    .bind(moment.toISOString(), limit)
    .all();
  return z
    .array(z.object({ id: KeyId }))
    .parse(results)
    .map(({ id }) => id);
}

/** Forgets a visitor, unless something is still theirs. */
export async function forgetVisitor(db: D1Database, id: KeyId): Promise<void> {
  await db
    .prepare(
      `DELETE FROM api_keys WHERE id = ?1 AND visitor_network IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM uploads WHERE owner = ?1)`,
    )
    .bind(id)
    .run();
}
