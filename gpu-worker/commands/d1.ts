import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";
import { InputError } from "../engine/input-error.ts";
import { executeThroughStack, findRunningStack } from "./running-stack.ts";

const CONFIGURATION = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

/**
 * Another program may hold the local database's lock, such as a second command. Wrangler takes a
 * second to start, which is pause enough between attempts.
 */
const MAX_ATTEMPTS = 6;

/** Names a D1 database. */
export interface DatabasePlace {
  /** The deployed one; wrangler then needs its own login (CLOUDFLARE_API_TOKEN). */
  remote: boolean;
  /** State folder of the local one. */
  persistTo: string;
}

/** Output of `wrangler d1 execute --json`. */
const Answers = z.array(
  z.object({
    results: z.array(z.record(z.string(), z.unknown())),
    meta: z.object({ changes: z.number().optional() }).optional(),
  }),
);
const Refusal = z.object({ error: z.object({ text: z.string() }) });

/**
 * Runs SQL statements against the Worker's database: through the stack if one is running on it, else
 * by wrangler, which reaches both the local and the deployed one. Values go into the text only as
 * literals of `sqlLiteral`.
 *
 * @returns the rows of each statement
 * @throws InputError if wrangler or the local database is missing, Error if D1 refuses
 */
export async function executeOnD1(
  { remote, persistTo }: DatabasePlace,
  ...statements: readonly string[]
): Promise<Record<string, unknown>[][]> {
  if (!remote) {
    if (!existsSync(path.join(persistTo, "v3", "d1"))) throw noDatabase(persistTo);
    const stack = await findRunningStack(persistTo);
    if (stack !== null) return executeThroughStack(stack, statements);
  }
  const place = remote ? ["--remote"] : ["--local", "--persist-to", path.resolve(persistTo)];
  const parameters = [
    ...["d1", "execute", "DB", "--config", CONFIGURATION, "--json", "--yes"],
    ...[...place, "--command", statements.join(";\n")],
  ];
  for (let attempt = 1; ; attempt++) {
    const { exitCode, stdout, stderr } = await runWrangler(parameters);
    const answer = parseAnswer(stdout);
    const refusal = Refusal.safeParse(answer);
    if (exitCode === 0 && !refusal.success)
      return Answers.parse(answer).map(({ results }) => results);
    const why = refusal.success ? refusal.data.error.text : `${stdout}\n${stderr}`.trim();
    if (!remote && why.includes("no such table")) throw noDatabase(persistTo);
    if (!why.includes("SQLITE_BUSY") || attempt === MAX_ATTEMPTS) {
      throw new Error(`wrangler could not run the statement: ${why}`);
    }
  }
}

function noDatabase(folder: string): InputError {
  return new InputError(
    `${folder} has no up-to-date LEMONS database; create one with \`npm start\`, or give --remote for the deployed one`,
  );
}

/** Parses the JSON after whatever wrangler prints first; undefined if there is none. */
function parseAnswer(stdout: string): unknown {
  const start = stdout.search(/^[[{]/m);
  try {
    return JSON.parse(stdout.slice(Math.max(0, start)));
  } catch {
    // The caller reports the output instead.
    return undefined;
  }
}

function runWrangler(parameters: string[]) {
  return execa(process.execPath, [wranglerScript(), ...parameters], {
    stdin: "ignore",
    reject: false,
    env: { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
  });
}

function wranglerScript(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
    const script = path.join(path.dirname(manifest), "bin", "wrangler.js");
    if (existsSync(script) && existsSync(CONFIGURATION)) return script;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
  }
  throw new InputError("wrangler or wrangler.toml is missing; run this command in the repository");
}

/** State folder of `npm start`. */
const DEFAULT_STATE = fileURLToPath(new URL("../../.wrangler/state", import.meta.url));

/** Options of every command that works on the Worker's database. */
export const databaseOptions = {
  "persist-to": {
    value: "DIR",
    help: "state folder of the local database; default $LEMONS_STATE, else that of `npm start`",
  },
  remote: { help: "use the deployed database; wrangler needs CLOUDFLARE_API_TOKEN" },
} as const;

/** @throws InputError if both options are given */
export function databasePlace(given: {
  "persist-to"?: string | undefined;
  remote?: true | undefined;
}): DatabasePlace {
  if (given.remote && given["persist-to"] !== undefined) {
    throw new InputError("--remote and --persist-to exclude each other; give one");
  }
  return {
    remote: given.remote === true,
    persistTo: given["persist-to"] ?? process.env.LEMONS_STATE ?? DEFAULT_STATE,
  };
}
