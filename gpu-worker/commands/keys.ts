import { randomBytes } from "node:crypto";
import { sqlLiteral } from "@lemons/shared/catalogue/sql-literal";
import {
  API_KEY_COLUMNS,
  ApiKey,
  ApiKeyRow,
  DEFAULT_COMPUTE_SECONDS_PER_DAY,
  DEFAULT_STORAGE_BYTES,
  KeyId,
  Scope,
} from "@lemons/shared/contract/access";
import { API_KEY_ENTROPY_BYTES, apiKeyFrom } from "@lemons/shared/identity/api-key";
import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import { defineCommand } from "./command.ts";
import { databaseOptions, databasePlace, executeOnD1 } from "./d1.ts";
import { wholeNumber } from "./option-values.ts";
import { requireOptions } from "./parse-options.ts";

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const;
const MAX_UNITS = 36_500;
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

const JSON_OPTION = { help: "print one JSON document" };

const createOptions = {
  name: { value: "NAME", help: "what the key is for, 1 to 100 characters" },
  scope: {
    value: "SCOPE...",
    multiple: true,
    takesRest: true,
    help: `what it permits: ${Scope.options.join(", ")} (admin includes the others)`,
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
  json: JSON_OPTION,
} as const;

export const keysCreate = defineCommand({
  name: "keys create",
  summary: "create an API key; its secret is shown only once",
  usage: [
    "keys create --name NAME --scope SCOPE... [--expires WHEN] [--compute-seconds N]",
    "            [--storage-bytes N] [--remote | --persist-to DIR] [--json]",
  ],
  options: createOptions,
  async run(given, terminal) {
    requireOptions("keys create", createOptions, given, ["name", "scope"]);
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
    const expiry = key.expiresAt === null ? "never expires" : `expires at ${key.expiresAt}`;
    terminal.print(
      given.json
        ? `${JSON.stringify({ ...key, token })}\n`
        : `${token}\nKeep it: it won't be shown again. Key ${id} (${key.name}) permits ${key.scopes.join(", ")} and ${expiry}.\n`,
    );
  },
});

const listOptions = { ...databaseOptions, json: JSON_OPTION } as const;

export const keysList = defineCommand({
  name: "keys list",
  summary: "list API keys, without their secrets",
  usage: ["keys list [--remote | --persist-to DIR] [--json]"],
  options: listOptions,
  async run(given, terminal) {
    const sql = `SELECT ${API_KEY_COLUMNS} FROM api_keys WHERE visitor_network IS NULL ORDER BY created_at, id`;
    const [rows] = await executeOnD1(databasePlace(given), sql);
    const keys = z.array(ApiKeyRow).parse(rows);
    terminal.print(given.json ? `${JSON.stringify({ keys })}\n` : formatKeys(keys, new Date()));
  },
});

const revokeOptions = {
  id: { value: "ID", help: "the key's id, as `lemons keys list` shows it" },
  ...databaseOptions,
  json: JSON_OPTION,
} as const;

export const keysRevoke = defineCommand({
  name: "keys revoke",
  summary: "revoke an API key at once; its uploads stay",
  usage: ["keys revoke --id ID [--remote | --persist-to DIR] [--json]"],
  options: revokeOptions,
  async run(given, terminal) {
    requireOptions("keys revoke", revokeOptions, given, ["id"]);
    const id = KeyId.safeParse(given.id);
    if (!id.success) {
      throw new InputError("--id must be the 16 hexadecimal digits of a key's id, not its secret");
    }
    const now = sqlLiteral(new Date().toISOString());
    const [, rows = []] = await executeOnD1(
      databasePlace(given),
      `UPDATE api_keys SET revoked_at = ${now} WHERE id = ${sqlLiteral(id.data)} AND revoked_at IS NULL`,
      `SELECT ${API_KEY_COLUMNS} FROM api_keys WHERE id = ${sqlLiteral(id.data)}`,
    );
    if (rows[0] === undefined) {
      throw new InputError(`no key has the id ${id.data}; lemons keys list shows all`);
    }
    const key = ApiKeyRow.parse(rows[0]);
    terminal.print(
      given.json
        ? `${JSON.stringify(key)}\n`
        : `Key ${key.id} (${key.name}) was revoked at ${key.revokedAt}.\n`,
    );
  },
});

/**
 * Reads when a key expires: after a time (`30d`, `12h`), or at a moment (ISO 8601; a date alone means
 * its beginning in UTC).
 *
 * @throws InputError if it is neither, or not in the future
 */
export function keyExpiry(text: string, now: Date): Date {
  const span = /^([1-9]\d{0,4})([hd])$/.exec(text);
  if (span && Number(span[1]) <= MAX_UNITS) {
    return new Date(now.getTime() + Number(span[1]) * UNIT_MS[span[2] as "h" | "d"]);
  }
  const moment = DATE.test(text) ? new Date(text) : null;
  if (moment === null || Number.isNaN(moment.getTime())) {
    throw new InputError(`--expires must be like 30d, 12h or 2027-06-30, not "${text}"`);
  }
  if (moment <= now) throw new InputError(`--expires ${text} is not in the future`);
  return moment;
}

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
  const options: Record<string, string> = {
    name: "name",
    computeSecondsPerDay: "compute-seconds",
    storageBytes: "storage-bytes",
  };
  const { path, message } = parsed.error.issues[0]!;
  throw new InputError(`--${options[String(path[0])] ?? String(path[0])}: ${message}`);
}

/** Formats keys as a table, one line a key. */
export function formatKeys(keys: readonly ApiKey[], now: Date): string {
  if (keys.length === 0) return "There are no keys. Create one with `lemons keys create`.\n";
  const rows = keys.map((key) => [key.id, stateOf(key, now), key.scopes.join(","), key.name]);
  const table = [["id", "state", "scopes", "name"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}\n`)
    .join("");
}

function stateOf({ expiresAt, revokedAt }: ApiKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
  if (expiresAt === null) return "valid";
  const day = expiresAt.slice(0, 10);
  return new Date(expiresAt) <= now ? `expired ${day}` : `valid until ${day}`;
}
