import { fileURLToPath } from "node:url";
import { InputError } from "../../engine/input-error.ts";
import type { DatabasePlace } from "./d1.ts";

/** Where `npm start` keeps its state. */
const DEFAULT_STATE = fileURLToPath(new URL("../../../.wrangler/state", import.meta.url));

/** Options of every command that works on the Worker's database. */
export const databaseOptions = {
  "persist-to": {
    value: "DIR",
    help: "the local database's folder; default $LEMONS_STATE, else that of `npm start`",
  },
  remote: { help: "the deployed database; wrangler wants CLOUDFLARE_API_TOKEN for it" },
} as const;

/** @throws InputError where both are given */
export function databasePlace(given: {
  "persist-to"?: string | undefined;
  remote?: true | undefined;
}): DatabasePlace {
  if (given.remote && given["persist-to"] !== undefined) {
    throw new InputError("--remote and --persist-to exclude each other");
  }
  return {
    remote: given.remote === true,
    persistTo: given["persist-to"] ?? process.env.LEMONS_STATE ?? DEFAULT_STATE,
  };
}
