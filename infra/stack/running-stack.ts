import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { RUNNING_STACK_FILE, type RunningStack } from "@lemons/shared/contract/running-stack";
import { storesConfiguration } from "./local-stores.ts";

/**
 * Writes down that this process serves a state folder. Other programs of this machine then reach its
 * database through its stack, as SQLite files that workerd has open must not be written beside it.
 *
 * @returns removes the record again
 */
export function recordRunningStack(persistTo: string, origin: string): () => Promise<void> {
  const file = path.join(persistTo, RUNNING_STACK_FILE);
  const databaseId = storesConfiguration().d1_databases[0]!.database_id;
  const stack: RunningStack = { pid: process.pid, origin, databaseId };
  writeFileSync(file, JSON.stringify(stack));
  return () => rm(file, { force: true });
}
