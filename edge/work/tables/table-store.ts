import { TableRecord } from "@lemons/shared/contract/explanation";
import { Sha256, TableId } from "@lemons/shared/contract/identifier";
import type { ResponseTable } from "@lemons/shared/what-if/response-table";
import { decodeUnfoldedTable, TableFormatError } from "@lemons/shared/what-if/table-format";
import { z } from "zod";
import { tableKey, tableRecordKey } from "../../base/object-keys.ts";
import { tableFault } from "./table-fault.ts";
import { TABLE_SCHEMA, type TableTask } from "./table-task.ts";

/** What is remembered where no table can be built. */
const NoTable = z.object({ id: TableId, noTable: z.string().describe("why") });
type NoTable = z.infer<typeof NoTable>;

/** What is known of a table: it, or that there is none. */
export type KnownTable = TableRecord | NoTable;

/** What a table belongs to, kept beside its record so that a listing tells it. */
export const TableOrigin = z.object({
  encoderVersion: Sha256,
  soundSha256: Sha256,
  separator: z.string().describe("name and version"),
  schema: z.string().describe("how tables were built then"),
});
export type TableOrigin = z.infer<typeof TableOrigin>;

/** A separator as {@link TableOrigin} names it. */
export const separatorText = ({ name, version }: { name: string; version: string }): string =>
  `${name} ${version}`;

const JSON_TYPE = { httpMetadata: { contentType: "application/json" } };

/** Whether no table can be built. */
export const isNoTable = (known: KnownTable): known is NoTable => "noTable" in known;

/** What is known of a table, or null where nobody has tried to build it. */
export async function findTableRecord(bucket: R2Bucket, id: TableId): Promise<KnownTable | null> {
  const object = await bucket.get(tableRecordKey(id));
  return object === null ? null : z.union([NoTable, TableRecord]).parse(await object.json());
}

/** Whether it is known if there is a table. */
export async function isTableKnown(bucket: R2Bucket, id: TableId): Promise<boolean> {
  return (await bucket.head(tableRecordKey(id))) !== null;
}

/** Stores what is known of a table: written last, so that it is there only when the table is. */
export async function storeTableRecord(
  bucket: R2Bucket,
  known: KnownTable,
  { encoderVersion, sound, separator }: TableTask,
): Promise<void> {
  const origin: TableOrigin = {
    encoderVersion,
    soundSha256: sound.soundSha256,
    separator: separatorText(separator),
    schema: String(TABLE_SCHEMA),
  };
  await bucket.put(tableRecordKey(known.id), JSON.stringify(known), {
    ...JSON_TYPE,
    customMetadata: { ...origin },
    onlyIf: { etagDoesNotMatch: "*" },
  });
}

/**
 * Reads a table and compares it with its record.
 *
 * @throws TableFormatError where it is missing, damaged, or not the one of the record
 */
export async function readTable(bucket: R2Bucket, record: TableRecord): Promise<ResponseTable> {
  const object = await bucket.get(tableKey(record.id));
  if (object === null) throw new TableFormatError("the response table is missing");
  const table = decodeUnfoldedTable(await object.bytes());
  const fault = tableFault(record, table, object.size);
  if (fault !== null) throw new TableFormatError(fault);
  return table;
}

/** Forgets a table that turned out to be damaged, so that the next question has it built again. */
export async function forgetTable(bucket: R2Bucket, id: TableId): Promise<void> {
  await bucket.delete(tableRecordKey(id));
  await bucket.delete(tableKey(id));
}

/**
 * Deletes a table whose private track was removed while the table was being built.
 *
 * @returns whether it was deleted
 */
export async function dropOrphanedTable(
  { DB, BUCKET }: Env,
  { id, privateTrack }: Pick<TableTask, "id" | "privateTrack">,
): Promise<boolean> {
  if (privateTrack === null) return false;
  const track = await DB.prepare("SELECT 1 FROM tracks WHERE id = ?").bind(privateTrack).first();
  if (track !== null) return false;
  await forgetTable(BUCKET, id);
  return true;
}
