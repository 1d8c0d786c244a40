import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { RUNNING_STACK_FILE, type RunningStack } from "@lemons/shared/contract/running-stack";

/**
 * Writes down which process serves a state folder. Other programs of this machine then reach its
 * database through that process, as SQLite files that workerd has open must not be written beside it.
 *
 * @returns removes the record again
 */
export function recordRunningStack(persistTo: string, stack: RunningStack): () => Promise<void> {
  const file = path.join(persistTo, RUNNING_STACK_FILE);
  writeFileSync(file, JSON.stringify(stack));
  return () => rm(file, { force: true });
}
