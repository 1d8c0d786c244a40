import type { KeyId } from "@lemons/shared/contract/access";
import { z } from "zod";
import { ProblemError } from "../../base/problems/problem.ts";
import { rowsOf, run, statement } from "../../base/rows.ts";

/** Time that an Idempotency-Key is remembered. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;
/** A request that has been in progress for longer broke off. */
const IN_PROGRESS_MS = 10 * 60 * 1000;

/** A String (RFC 9651), or the same without quotes. */
export const IDEMPOTENCY_KEY = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,200})"?$/;

/** A request with an Idempotency-Key. */
export interface IdempotentRequest {
  /**
   * Stores the fingerprint of the body.
   *
   * @throws ProblemError idempotency-key-reused if an earlier request had another body
   */
  settle(fingerprint: string): Promise<void>;
  /** Makes the key usable again, after a request that failed. */
  forget(): Promise<void>;
}

const Fingerprint = z.object({ fingerprint: z.string().nullable() });

/**
 * Begins a request with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 *
 * @returns null without the header
 * @throws ProblemError bad-request; idempotency-in-progress while an earlier request is in progress
 */
export async function beginIdempotent(
  db: D1Database,
  owner: KeyId,
  header: string | undefined,
): Promise<IdempotentRequest | null> {
  if (header === undefined) return null;
  const key = IDEMPOTENCY_KEY.exec(header.trim())?.[1];
  if (key === undefined) {
    const message = "must be a string of 1 to 200 visible characters";
    throw new ProblemError({
      kind: "bad-request",
      errors: [{ field: "Idempotency-Key", message }],
    });
  }
  const now = Date.now();
  const [, inserted, found] = await db.batch([
    statement(
      db,
      `DELETE FROM idempotency_keys
       WHERE started_at < ?1 OR (fingerprint IS NULL AND started_at < ?2)`,
      new Date(now - REMEMBERED_MS).toISOString(),
      new Date(now - IN_PROGRESS_MS).toISOString(),
    ),
    statement(
      db,
      `INSERT INTO idempotency_keys (owner, key, started_at) VALUES (?, ?, ?)
       ON CONFLICT (owner, key) DO NOTHING RETURNING key`,
      ...[owner, key, new Date(now).toISOString()],
    ),
    statement(
      db,
      "SELECT fingerprint FROM idempotency_keys WHERE owner = ? AND key = ?",
      ...[owner, key],
    ),
  ]);
  const isFirst = inserted!.results.length > 0;
  const earlier = rowsOf(Fingerprint, found)[0]!.fingerprint;
  if (!isFirst && earlier === null) throw new ProblemError({ kind: "idempotency-in-progress" });
  return {
    async settle(fingerprint) {
      if (earlier !== null && earlier !== fingerprint) {
        throw new ProblemError({ kind: "idempotency-key-reused" });
      }
      await run(
        db,
        "UPDATE idempotency_keys SET fingerprint = ? WHERE owner = ? AND key = ?",
        ...[fingerprint, owner, key],
      );
    },
    async forget() {
      if (!isFirst) return;
      await run(db, "DELETE FROM idempotency_keys WHERE owner = ? AND key = ?", ...[owner, key]);
    },
  };
}
