import { sqlLiteral } from "@lemons/shared/catalogue/sql-literal";
import { API_KEY_COLUMNS, ApiKeyRow, KeyId } from "@lemons/shared/contract/access";
import { InputError } from "../engine/input-error.ts";
import { defineCommand } from "./command.ts";
import { executeOnD1 } from "./database/d1.ts";
import { databaseOptions, databasePlace } from "./database/database-options.ts";
import { requireOptions } from "./parse-options.ts";

const options = {
  id: { value: "ID", help: "the key's id, as `lemons keys list` shows it" },
  ...databaseOptions,
  json: { help: "print one JSON document" },
} as const;

export const keysRevoke = defineCommand({
  name: "keys revoke",
  summary: "ends an API key at once; what it uploaded stays",
  usage: ["keys revoke --id ID [--remote | --persist-to DIR] [--json]"],
  options,
  async run(given, terminal) {
    requireOptions("keys revoke", options, given, ["id"]);
    const id = KeyId.safeParse(given.id);
    if (!id.success) throw new InputError("--id must be 16 hexadecimal digits, not a whole key");
    const now = sqlLiteral(new Date().toISOString());
    const [, rows = []] = await executeOnD1(
      databasePlace(given),
      `UPDATE api_keys SET revoked_at = ${now} WHERE id = ${sqlLiteral(id.data)} AND revoked_at IS NULL`,
      `SELECT ${API_KEY_COLUMNS} FROM api_keys WHERE id = ${sqlLiteral(id.data)}`,
    );
    if (rows[0] === undefined) throw new InputError(`there is no key ${id.data}`);
    const key = ApiKeyRow.parse(rows[0]);
    terminal.print(
      given.json
        ? `${JSON.stringify(key)}\n`
        : `Key ${key.id} (${key.name}) is revoked since ${key.revokedAt}.\n`,
    );
  },
});
