import { API_KEY_COLUMNS, type ApiKey, ApiKeyRow } from "@lemons/shared/contract/access";
import { keyIdOf } from "@lemons/shared/identity/api-key";
import { z } from "zod";
import { ProblemError } from "../base/problems/problem.ts";
import { firstRow } from "../base/rows.ts";

const encoder = new TextEncoder();
/** Compared for an unknown id, so that an unknown id and a wrong secret take the same time. */
const NO_HASH = "0".repeat(64);

const KeyWithHash = z
  .looseObject({ token_sha256: z.string() })
  .transform((row) => ({ sha256: row.token_sha256, row }));

/**
 * Finds the API key of a token. Only a caller with the whole token learns that a key expired or was
 * revoked.
 *
 * @throws ProblemError key-refused
 */
export async function verifyToken(db: D1Database, token: string, now: Date): Promise<ApiKey> {
  const id = keyIdOf(token);
  if (id === null) throw refused({ why: "malformed" });
  const stored = await firstRow(
    db,
    KeyWithHash,
    `SELECT ${API_KEY_COLUMNS}, token_sha256 FROM api_keys WHERE id = ?`,
    id,
  );
  const isGenuine = await hasHash(token, stored?.sha256 ?? NO_HASH);
  if (stored === null || !isGenuine) throw refused({ why: "unknown" });
  const key = ApiKeyRow.parse(stored.row);
  if (key.revokedAt !== null) throw refused({ why: "revoked", at: key.revokedAt });
  if (key.expiresAt !== null && new Date(key.expiresAt) <= now) {
    throw refused({ why: "expired", at: key.expiresAt });
  }
  return key;
}

/** Compares in constant time. */
async function hasHash(token: string, sha256: string): Promise<boolean> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(token));
  return crypto.subtle.timingSafeEqual(new Uint8Array(digest), hexToBytes(sha256));
}

function hexToBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

type Refusal = Extract<ProblemError["failure"], { kind: "key-refused" }>["refusal"];

function refused(refusal: Refusal): ProblemError {
  return new ProblemError({ kind: "key-refused", refusal });
}
