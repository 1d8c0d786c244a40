import { env } from "cloudflare:workers";
import {
  DEFAULT_COMPUTE_SECONDS_PER_DAY,
  DEFAULT_STORAGE_BYTES,
  type KeyId,
  type Scope,
} from "@lemons/shared/contract/access";
import { API_KEY_ENTROPY_BYTES, apiKeyFrom } from "@lemons/shared/identity/api-key";

/** Properties of a key that tests set. */
interface KeyOptions {
  expiresAt?: Date;
  revokedAt?: Date;
  computeSecondsPerDay?: number;
  storageBytes?: number;
}

/** A key in the test's D1. */
export interface TestKey {
  id: KeyId;
  token: string;
  /** Headers that its holder sends. */
  headers: { Authorization: string };
}

/** Creates a key as `lemons keys create` does. */
export async function makeKey(scopes: Scope[], options: KeyOptions = {}): Promise<TestKey> {
  const entropy = crypto.getRandomValues(new Uint8Array(API_KEY_ENTROPY_BYTES));
  const { id, token, tokenSha256 } = await apiKeyFrom(entropy);
  await env.DB.prepare(
    `INSERT INTO api_keys (id, name, token_sha256, scopes, compute_seconds_per_day, storage_bytes,
       created_at, expires_at, revoked_at) VALUES (?, 'test', ?, ?, ?, ?, ?, ?, ?)`,
  )
    .bind(
      id,
      tokenSha256,
      JSON.stringify(scopes),
      options.computeSecondsPerDay ?? DEFAULT_COMPUTE_SECONDS_PER_DAY,
      options.storageBytes ?? DEFAULT_STORAGE_BYTES,
      new Date().toISOString(),
      options.expiresAt?.toISOString() ?? null,
      options.revokedAt?.toISOString() ?? null,
    )
    .run();
  return { id, token, headers: { Authorization: `Bearer ${token}` } };
}
