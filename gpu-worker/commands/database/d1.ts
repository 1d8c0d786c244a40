import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { InputError } from "../../engine/input-error.ts";
import { executeThroughStack, findRunningStack } from "./through-running-stack.ts";

const CONFIGURATION = fileURLToPath(new URL("../../../wrangler.toml", import.meta.url));

/**
 * Another program may hold the local database's lock, such as a second command. Wrangler takes a
 * second to start, which is pause enough between attempts.
 */
const MAX_ATTEMPTS = 6;

/** Which D1 database is meant. */
export interface DatabasePlace {
  /** The deployed one; wrangler then needs its own login (CLOUDFLARE_API_TOKEN). */
  remote: boolean;
  /** Folder of the local one. */
  persistTo: string;
}

/** What `wrangler d1 execute --json` prints. */
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
    const origin = await findRunningStack(persistTo);
    if (origin !== null) return executeThroughStack(origin, await databaseId(), statements);
  }
  const place = remote ? ["--remote"] : ["--local", "--persist-to", path.resolve(persistTo)];
  const parameters = [
    ...["d1", "execute", "DB", "--config", CONFIGURATION, "--json", "--yes"],
    ...[...place, "--command", statements.join(";\n")],
  ];
  for (let attempt = 1; ; attempt++) {
    const { code, stdout, stderr } = await runWrangler(parameters);
    const answer = parseAnswer(stdout);
    const refusal = Refusal.safeParse(answer);
    if (code === 0 && !refusal.success) return Answers.parse(answer).map(({ results }) => results);
    const why = refusal.success ? refusal.data.error.text : `${stdout}\n${stderr}`.trim();
    if (!remote && why.includes("no such table")) throw noDatabase(persistTo);
    if (!why.includes("SQLITE_BUSY") || attempt === MAX_ATTEMPTS) {
      throw new Error(`wrangler could not run the statement: ${why}`);
    }
  }
}

/** Id of the database in wrangler.toml; local stacks use it too. */
async function databaseId(): Promise<string> {
  const id = /^database_id = "([^"]+)"/m.exec(await readFile(CONFIGURATION, "utf8"))?.[1];
  if (id === undefined) throw new InputError("wrangler.toml names no database_id");
  return id;
}

function noDatabase(folder: string): InputError {
  return new InputError(
    `there is no up-to-date LEMONS database in ${folder}; \`npm start\` makes one, --remote means the deployed one`,
  );
}

/** Wrangler may say something before its JSON. */
function parseAnswer(stdout: string): unknown {
  const start = stdout.search(/^[[{]/m);
  try {
    return JSON.parse(stdout.slice(Math.max(0, start)));
  } catch {
    // Not JSON: the caller tells what was printed instead.
    return undefined;
  }
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function runWrangler(parameters: string[]): Promise<Ended> {
  const script = wranglerScript();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...parameters], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
    });
    const ended: Ended = { code: null, stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      ended.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      ended.stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...ended, code }));
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
  throw new InputError("this command needs wrangler and wrangler.toml: call it in the repository");
}
