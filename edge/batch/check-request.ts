import type { BatchRequest } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { ProblemError } from "../base/problems/problem.ts";

/**
 * Sees to it that everything that a batch names is there and everybody's.
 *
 * @throws ProblemError unknown-listener, unknown-track
 */
export async function checkRequest(
  db: D1Database,
  { listeners = [], tracks = [] }: BatchRequest,
): Promise<void> {
  const [listener, track] = await Promise.all([
    firstUnknown(db, "listeners", listeners),
    firstUnknown(db, "tracks", tracks),
  ]);
  if (listener !== null) throw new ProblemError({ kind: "unknown-listener", id: listener });
  if (track !== null) throw new ProblemError({ kind: "unknown-track", id: track });
}

async function firstUnknown(
  db: D1Database,
  table: "listeners" | "tracks",
  ids: readonly string[],
): Promise<string | null> {
  if (ids.length === 0) return null;
  const row = await db
    .prepare(
      `SELECT value FROM json_each(?1)
       WHERE value NOT IN (SELECT id FROM ${table} WHERE owner IS NULL AND id IN (
         SELECT value FROM json_each(?1))) LIMIT 1`,
    )
    .bind(JSON.stringify(ids))
    .first();
  return row === null ? null : z.object({ value: z.string() }).parse(row).value;
}
