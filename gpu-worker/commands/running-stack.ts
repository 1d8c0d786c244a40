import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RUNNING_STACK_FILE, RunningStack } from "@lemons/shared/contract/running-stack";
import { z } from "zod";
import { isProcessAlive } from "../process/process-alive.ts";

const TIMEOUT_MS = 30_000;

const ExplorerAnswer = z.union([
  z.object({
    success: z.literal(true),
    result: z.tuple([
      z.object({
        results: z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) }),
      }),
    ]),
  }),
  z.object({ success: z.literal(false), errors: z.array(z.object({ message: z.string() })) }),
]);

/**
 * Finds the stack that serves a state folder. Its files must not be written beside it:
 * a second process that has the SQLite file open makes workerd fail with SQLITE_BUSY.
 *
 * @returns null if no stack runs, or if its record was left by a crash
 */
export async function findRunningStack(persistTo: string): Promise<RunningStack | null> {
  let text: string;
  try {
    text = await readFile(join(persistTo, RUNNING_STACK_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const stack = RunningStack.safeParse(JSON.parse(text));
  return stack.success && isProcessAlive(stack.data.pid) ? stack.data : null;
}

/**
 * Runs statements through wrangler dev's own API of the local database, one after another.
 *
 * @returns the rows of each statement
 * @throws Error if the database refuses a statement
 */
export async function executeThroughStack(
  { origin, databaseId }: RunningStack,
  statements: readonly string[],
): Promise<Record<string, unknown>[][]> {
  const url = `${origin}/cdn-cgi/local/explorer/api/d1/database/${databaseId}/raw`;
  const all: Record<string, unknown>[][] = [];
  for (const sql of statements) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sql }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = ExplorerAnswer.parse(await response.json());
    if (!answer.success) {
      throw new Error(`the running stack refused the statement: ${answer.errors[0]?.message}`);
    }
    const { columns, rows } = answer.result[0].results;
    all.push(rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]]))));
  }
  return all;
}
