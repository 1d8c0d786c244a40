import { API_KEY_COLUMNS, type ApiKey, ApiKeyRow } from "@lemons/shared/contract/access";
import { z } from "zod";
import { defineCommand } from "./command.ts";
import { executeOnD1 } from "./database/d1.ts";
import { databaseOptions, databasePlace } from "./database/database-options.ts";

const options = {
  ...databaseOptions,
  json: { help: "print one JSON document" },
} as const;

export const keysList = defineCommand({
  name: "keys list",
  summary: "every API key, without its secret",
  usage: ["keys list [--remote | --persist-to DIR] [--json]"],
  options,
  async run(given, terminal) {
    const sql = `SELECT ${API_KEY_COLUMNS} FROM api_keys WHERE visitor_network IS NULL ORDER BY created_at, id`;
    const [rows] = await executeOnD1(databasePlace(given), sql);
    const keys = z.array(ApiKeyRow).parse(rows);
    terminal.print(given.json ? `${JSON.stringify({ keys })}\n` : formatKeys(keys, new Date()));
  },
});

/** One line a key. */
export function formatKeys(keys: readonly ApiKey[], now: Date): string {
  if (keys.length === 0) return "There are no keys; `lemons keys create` makes one.\n";
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
