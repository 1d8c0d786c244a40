import { z } from "zod";

/**
 * A permission of an API key: read, compute explanations, upload private tracks and listeners, or
 * administer the service. `admin` includes the others. Callers without a key have `read` and `explain`.
 */
export const Scope = z.enum(["read", "explain", "upload", "admin"]).meta({ id: "Scope" });
export type Scope = z.infer<typeof Scope>;

/** The public id of an API key, under which its rows and budgets are stored. */
export const KeyId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "must be 16 lower-case hexadecimal digits")
  .meta({ id: "KeyId", example: "9f2c61d0a47be385" })
  .brand<"KeyId">();
export type KeyId = z.infer<typeof KeyId>;

export const DEFAULT_COMPUTE_SECONDS_PER_DAY = 3600;
export const DEFAULT_STORAGE_BYTES = 1_000_000_000;

/** An API key without its secret. */
export const ApiKey = z
  .object({
    id: KeyId,
    name: z.string().min(1).max(100),
    scopes: z.array(Scope).min(1),
    computeSecondsPerDay: z.int().min(0).max(100_000_000),
    storageBytes: z.int().min(0).max(1e15),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKey = z.infer<typeof ApiKey>;

/** Converts a row of the table `api_keys`, without the hash, to a key. */
export const ApiKeyRow = z
  .object({
    id: KeyId,
    name: z.string(),
    scopes: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(z.array(Scope)),
    compute_seconds_per_day: z.int(),
    storage_bytes: z.int(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .transform(
    (row): ApiKey => ({
      id: row.id,
      name: row.name,
      scopes: row.scopes,
      computeSecondsPerDay: row.compute_seconds_per_day,
      storageBytes: row.storage_bytes,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      revokedAt: row.revoked_at,
    }),
  );

/** Columns of {@link ApiKeyRow}. */
export const API_KEY_COLUMNS =
  "id, name, scopes, compute_seconds_per_day, storage_bytes, created_at, expires_at, revoked_at";
