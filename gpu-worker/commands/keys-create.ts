import { randomBytes } from "node:crypto";
import { sqlLiteral } from "@lemons/shared/catalogue/sql-literal";
import {
  ApiKey,
  DEFAULT_COMPUTE_SECONDS_PER_DAY,
  DEFAULT_STORAGE_BYTES,
  Scope,
} from "@lemons/shared/contract/access";
import { API_KEY_ENTROPY_BYTES, apiKeyFrom } from "@lemons/shared/identity/api-key";
import { InputError } from "../engine/input-error.ts";
import { defineCommand } from "./command.ts";
import { executeOnD1 } from "./database/d1.ts";
import { databaseOptions, databasePlace } from "./database/database-options.ts";
import { keyExpiry } from "./key-expiry.ts";
import { requireOptions } from "./parse-options.ts";
import { wholeNumber } from "./whole-number.ts";

const options = {
  name: { value: "NAME", help: "what the key is for, 1 to 100 characters" },
  scope: {
    value: "SCOPE...",
    multiple: true,
    takesRest: true,
    help: `what it may do: ${Scope.options.join(", ")} (admin includes the others)`,
  },
  expires: { value: "WHEN", help: "30d, 12h, or a date such as 2027-06-30; default never" },
  "compute-seconds": {
    value: "N",
    help: `seconds of computation a day; default ${DEFAULT_COMPUTE_SECONDS_PER_DAY}`,
  },
  "storage-bytes": {
    value: "N",
    help: `bytes of uploaded audio; default ${DEFAULT_STORAGE_BYTES}`,
  },
  ...databaseOptions,
  json: { help: "print one JSON document" },
} as const;

export const keysCreate = defineCommand({
  name: "keys create",
  summary: "makes an API key; its secret is shown this once",
  usage: [
    "keys create --name NAME --scope SCOPE... [--expires WHEN] [--compute-seconds N]",
    "            [--storage-bytes N] [--remote | --persist-to DIR] [--json]",
  ],
  options,
  async run(given, terminal) {
    requireOptions("keys create", options, given, ["name", "scope"]);
    const now = new Date();
    const { id, token, tokenSha256 } = await apiKeyFrom(randomBytes(API_KEY_ENTROPY_BYTES));
    const seconds = given["compute-seconds"];
    const bytes = given["storage-bytes"];
    const key = checkedKey({
      id,
      name: given.name,
      scopes: scopesOf(given.scope),
      computeSecondsPerDay:
        seconds === undefined
          ? DEFAULT_COMPUTE_SECONDS_PER_DAY
          : wholeNumber("compute-seconds", seconds),
      storageBytes:
        bytes === undefined ? DEFAULT_STORAGE_BYTES : wholeNumber("storage-bytes", bytes),
      createdAt: now.toISOString(),
      expiresAt: given.expires === undefined ? null : keyExpiry(given.expires, now).toISOString(),
      revokedAt: null,
    });
    const place = databasePlace(given);
    const row = {
      id: key.id,
      name: key.name,
      token_sha256: tokenSha256,
      scopes: JSON.stringify(key.scopes),
      compute_seconds_per_day: key.computeSecondsPerDay,
      storage_bytes: key.storageBytes,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
    };
    await executeOnD1(
      place,
      `INSERT INTO api_keys (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(sqlLiteral).join(", ")})`,
    );
    terminal.print(
      given.json
        ? `${JSON.stringify({ ...key, token })}\n`
        : `${token}\nThis is the only time that it is shown. Key ${id} (${key.name}) may ${key.scopes.join(", ")} ${key.expiresAt === null ? "and does not expire" : `until ${key.expiresAt}`}.\n`,
    );
  },
});

function scopesOf(texts: readonly string[]): Scope[] {
  const scopes = texts.map((text) => {
    const scope = Scope.safeParse(text);
    if (scope.success) return scope.data;
    throw new InputError(`--scope must be one of ${Scope.options.join(", ")}, not "${text}"`);
  });
  return Scope.options.filter((scope) => scopes.includes(scope));
}

function checkedKey(key: ApiKey): ApiKey {
  const parsed = ApiKey.safeParse(key);
  if (parsed.success) return parsed.data;
  const names: Record<string, string> = {
    name: "name",
    computeSecondsPerDay: "compute-seconds",
    storageBytes: "storage-bytes",
  };
  const { path, message } = parsed.error.issues[0]!;
  throw new InputError(`--${names[String(path[0])] ?? String(path[0])}: ${message}`);
}
