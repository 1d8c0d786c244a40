import { randomBytes } from "node:crypto";
import { API_KEY_ENTROPY_BYTES, apiKeyFrom } from "@lemons/shared/identity/api-key";
import { openLocalStores } from "../stack/local-stores.ts";

interface Database {
  prepare(sql: string): { bind(...values: unknown[]): { run(): Promise<unknown> } };
}

/** Makes an API key with the scope admin. @returns its token */
export async function makeAdminKey(persistTo: string): Promise<string> {
  const { id, token, tokenSha256 } = await apiKeyFrom(randomBytes(API_KEY_ENTROPY_BYTES));
  const { DB, close } = await openLocalStores<Database, unknown>(persistTo);
  try {
    await DB.prepare(
      `INSERT INTO api_keys (id, name, token_sha256, scopes, compute_seconds_per_day, storage_bytes,
         created_at) VALUES (?, 'end-to-end test', ?, '["admin"]', 86400, 0, ?)`,
    )
      .bind(id, tokenSha256, new Date().toISOString())
      .run();
  } finally {
    await close();
  }
  return token;
}
