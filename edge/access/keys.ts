import { API_KEY_COLUMNS, type ApiKey, ApiKeyRow } from "@lemons/shared/contract/access";
import { keyIdOf } from "@lemons/shared/identity/api-key";
import { z } from "zod";
import { ProblemError } from "../base/problems/problem.ts";

const encoder = new TextEncoder();
/** Compared with where there is no key of that id, so that both take the same time. */
const NO_HASH = "0".repeat(64);

/**
 * The key that a token belongs to. Only who holds the whole token learns that it was a key once.
 *
 * @throws ProblemError key-refused
 */
export async function keyOfToken(db: D1Database, token: string, now: Date): Promise<ApiKey> {
  const id = keyIdOf(token);
  if (id === null) throw refused({ why: "malformed" });
  const row = await db
    .prepare(`SELECT ${API_KEY_COLUMNS}, token_sha256 FROM api_keys WHERE id = ?`)
    .bind(id)
    .first();
  const stored =
    row === null ? NO_HASH : z.object({ token_sha256: z.string() }).parse(row).token_sha256;
  const isGenuine = await hasHash(token, stored);
  if (row === null || !isGenuine) throw refused({ why: "unknown" });
  const key = ApiKeyRow.parse(row);
  if (key.revokedAt !== null) throw refused({ why: "revoked", at: key.revokedAt });
  if (key.expiresAt !== null && new Date(key.expiresAt) <= now) {
    throw refused({ why: "expired", at: key.expiresAt });
  }
  return key;
}

/** Compares in a time that does not depend on where the two differ. */
async function hasHash(token: string, sha256: string): Promise<boolean> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(token));
  return crypto.subtle.timingSafeEqual(new Uint8Array(digest), hexBytes(sha256));
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

type Refusal = Extract<ProblemError["failure"], { kind: "key-refused" }>["refusal"];

function refused(refusal: Refusal): ProblemError {
  return new ProblemError({ kind: "key-refused", refusal });
}
