import type { KeyId } from "@lemons/shared/contract/access";
import { z } from "zod";
import { ProblemError } from "../../base/problems/problem.ts";

/** How long a key is remembered. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;
/** A request that has been at work for longer was broken off. */
const AT_WORK_MS = 10 * 60 * 1000;

/** A String (RFC 9651), or the same without quotes. */
export const IDEMPOTENCY_KEY = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,200})"?$/;

/** One request under an idempotency key. */
export interface IdempotentRequest {
  /**
   * Remembers what was sent.
   *
   * @throws ProblemError idempotency-key-reused where it was something else before
   */
  settle(fingerprint: string): Promise<void>;
  /** Lets the key be used again: nothing came of the request. */
  forget(): Promise<void>;
}

/**
 * Begins a request that names an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 *
 * @returns null where the header names none
 * @throws ProblemError bad-request; idempotency-in-progress while the first one is at work
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
    db
      .prepare(
        "DELETE FROM idempotency_keys WHERE started_at < ?1 OR (fingerprint IS NULL AND started_at < ?2)",
      )
      .bind(new Date(now - REMEMBERED_MS).toISOString(), new Date(now - AT_WORK_MS).toISOString()),
    db
      .prepare(
        `INSERT INTO idempotency_keys (owner, key, started_at) VALUES (?, ?, ?)
         ON CONFLICT (owner, key) DO NOTHING RETURNING key`,
      )
      .bind(owner, key, new Date(now).toISOString()),
    db
      .prepare("SELECT fingerprint FROM idempotency_keys WHERE owner = ? AND key = ?")
      .bind(owner, key),
  ]);
  const isFirst = inserted!.results.length > 0;
  const row = z.object({ fingerprint: z.string().nullable() }).parse(found!.results[0]);
  if (!isFirst && row.fingerprint === null) {
    throw new ProblemError({ kind: "idempotency-in-progress" });
  }
  return {
    async settle(fingerprint) {
      if (row.fingerprint !== null && row.fingerprint !== fingerprint) {
        throw new ProblemError({ kind: "idempotency-key-reused" });
      }
      await db
        .prepare("UPDATE idempotency_keys SET fingerprint = ? WHERE owner = ? AND key = ?")
        .bind(fingerprint, owner, key)
        .run();
    },
    async forget() {
      if (!isFirst) return;
      await db
        .prepare("DELETE FROM idempotency_keys WHERE owner = ? AND key = ?")
        .bind(owner, key)
        .run();
    },
  };
}
