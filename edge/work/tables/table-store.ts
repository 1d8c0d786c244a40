import { TableRecord } from "@lemons/shared/contract/explanation";
import { Sha256, TableId } from "@lemons/shared/contract/identifier";
import type { ResponseTable } from "@lemons/shared/what-if/response-table";
import { decodeUnfoldedTable, TableFormatError } from "@lemons/shared/what-if/table-format";
import { z } from "zod";
import { tableKey, tableRecordKey } from "../../base/object-keys.ts";
import { putOnce } from "../../base/put-once.ts";
import { exists } from "../../base/rows.ts";
import { TABLE_SCHEMA, type TableTask } from "./table-task.ts";

/** Recorded if no table can be built. */
const NoTable = z.object({ id: TableId, noTable: z.string().describe("why") });
type NoTable = z.infer<typeof NoTable>;

/** The outcome of building a table: its record, or the reason why none is possible. */
export type TableOutcome = TableRecord | NoTable;

/** The inputs of a table, kept beside its record so that a listing shows them. */
export const TableOrigin = z.object({
  encoderVersion: Sha256,
  soundSha256: Sha256,
  separator: z.string().describe("name and version"),
  schema: z.string().describe("version of the way that the table was built"),
});
export type TableOrigin = z.infer<typeof TableOrigin>;

/** The tables that can answer a question: one for all types, and for some types a cheaper one. */
export interface AnsweringTables {
  table: TableTask | null;
  cheaperTable: TableTask | null;
}

/** The state of the tables that can answer a question. */
export interface StoredTables {
  /** The table to answer from; the one for all types is preferred. */
  record: TableRecord | null;
  /** True if building was tried, and no table is possible. */
  isImpossible: boolean;
}

/** Returns a separator as {@link TableOrigin} names it. */
export const separatorText = ({ name, version }: { name: string; version: string }): string =>
  `${name} ${version}`;

/** Returns whether an outcome says that no table is possible. */
export const isNoTable = (outcome: TableOutcome): outcome is NoTable => "noTable" in outcome;

/** Reads the outcome of building a table; null if none is recorded. */
export async function findTableOutcome(
  bucket: R2Bucket,
  id: TableId,
): Promise<TableOutcome | null> {
  const object = await bucket.get(tableRecordKey(id));
  return object === null ? null : z.union([NoTable, TableRecord]).parse(await object.json());
}

/** Returns whether the outcome of building a table is recorded. */
export async function hasTableOutcome(bucket: R2Bucket, id: TableId): Promise<boolean> {
  return (await bucket.head(tableRecordKey(id))) !== null;
}

/** Reads what the store holds of the tables that can answer a question, each record at most once. */
export async function findStoredTables(
  bucket: R2Bucket,
  { table, cheaperTable }: AnsweringTables,
): Promise<StoredTables> {
  let last: TableOutcome | null = null;
  for (const task of [table, cheaperTable]) {
    if (task === null) continue;
    last = await findTableOutcome(bucket, task.id);
    if (last !== null && !isNoTable(last)) return { record: last, isImpossible: false };
  }
  return { record: null, isImpossible: last !== null };
}

/** Records the outcome of building a table: written last, so that a recorded table is complete. */
export async function storeTableOutcome(
  bucket: R2Bucket,
  outcome: TableOutcome,
  { encoderVersion, sound, separator }: TableTask,
): Promise<void> {
  const origin: TableOrigin = {
    encoderVersion,
    soundSha256: sound.soundSha256,
    separator: separatorText(separator),
    schema: String(TABLE_SCHEMA),
  };
  await putOnce(bucket, tableRecordKey(outcome.id), JSON.stringify(outcome), {
    httpMetadata: { contentType: "application/json" },
    customMetadata: { ...origin },
  });
}

/**
 * Reads a table and compares it with its record.
 *
 * @throws TableFormatError if it is missing, damaged, or not the one of the record
 */
export async function readTable(bucket: R2Bucket, record: TableRecord): Promise<ResponseTable> {
  const object = await bucket.get(tableKey(record.id));
  if (object === null) throw new TableFormatError("the response table is missing");
  const table = decodeUnfoldedTable(await object.bytes());
  const pairs: [string, number, number][] = [
    ["bytes", object.size, record.bytes],
    ["segments", table.segments, record.segments.length],
    ["sources", table.sources, record.separation.sources.length],
  ];
  for (const [field, got, wanted] of pairs) {
    if (got !== wanted) {
      throw new TableFormatError(`the table has ${got} ${field}, its record says ${wanted}`);
    }
  }
  return table;
}

/** Deletes a table and its record, so that the next question has it built again. */
export async function deleteTable(bucket: R2Bucket, id: TableId): Promise<void> {
  await bucket.delete(tableRecordKey(id));
  await bucket.delete(tableKey(id));
}

/** Deletes a table whose private track was removed while the table was being built. */
export async function dropOrphanedTable(
  { DB, BUCKET }: Env,
  { id, privateTrack }: Pick<TableTask, "id" | "privateTrack">,
): Promise<void> {
  if (privateTrack === null) return;
  const isStored = await exists(DB, "SELECT 1 FROM tracks WHERE id = ?", privateTrack);
  if (!isStored) await deleteTable(BUCKET, id);
}
