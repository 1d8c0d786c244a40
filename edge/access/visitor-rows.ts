import { KeyId } from "@lemons/shared/contract/access";
import { column, run } from "../base/rows.ts";
import type { Visitor } from "./caller.ts";

/** Not the hash of any token: no caller can send a visitor's row as an API key. */
const NO_HASH = "0".repeat(64);

/**
 * Enters a visitor who is about to own something, or extends the stay of one who does. The network
 * stays the one that the visitor was entered with: the uploads of a network are limited together, and a
 * visitor who moves to another network would take its share out of the first one's total.
 *
 * @param network name of the account of the visitor's address
 */
export async function enterVisitor(
  db: D1Database,
  { id, expiresAt }: Visitor,
  network: string,
): Promise<void> {
  await run(
    db,
    `INSERT INTO api_keys (id, name, token_sha256, scopes, compute_seconds_per_day, storage_bytes,
       created_at, expires_at, visitor_network) VALUES (?, 'visitor', ?, '[]', 0, 0, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at
       WHERE visitor_network IS NOT NULL`,
    ...[id, NO_HASH, new Date().toISOString(), expiresAt.toISOString(), network],
  );
}

/** Lists visitors whose stay ended before a moment, the earliest first. */
export function expiredVisitors(db: D1Database, before: Date, limit: number): Promise<KeyId[]> {
  return column(
    db,
    KeyId,
    `SELECT id FROM api_keys WHERE visitor_network IS NOT NULL AND expires_at < ?
     ORDER BY expires_at LIMIT ?`,
    ...[before.toISOString(), limit],
  );
}

/** Deletes a visitor who owns no uploads. */
export async function deleteVisitor(db: D1Database, id: KeyId): Promise<void> {
  await run(
    db,
    `DELETE FROM api_keys WHERE id = ?1 AND visitor_network IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM uploads WHERE owner = ?1)`,
    id,
  );
}
