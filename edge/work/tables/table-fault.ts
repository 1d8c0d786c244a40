import type { TableRecord } from "@lemons/shared/contract/explanation";
import type { ResponseTable } from "@lemons/shared/what-if/response-table";
import type { TableTask } from "./table-task.ts";

/**
 * Compares a table's record with what was asked: an answer to another question is never stored under
 * this id.
 *
 * @returns null where it fits, else what does not
 */
export function recordFault(task: TableTask, record: TableRecord): string | null {
  const pairs: [string, unknown, unknown][] = [
    ["id", record.id, task.id],
    ["encoderVersion", record.encoderVersion, task.encoderVersion],
    ["audio.sha256", record.audio.sha256, task.sound.soundSha256],
    ["separation.separator", record.separation.separator, task.separator.name],
    ["separation.version", record.separation.version, task.separator.version],
    ["segments", record.segments.length, task.segments],
    ["engine.kind", record.engine.kind, "table"],
  ];
  for (const [field, got, wanted] of pairs) {
    if (got !== wanted) return `${field} is ${String(got)}, asked was ${String(wanted)}`;
  }
  return null;
}

/**
 * Compares a table with its record.
 *
 * @param bytes of `table.bin`
 * @returns null where it fits, else what does not
 */
export function tableFault(
  record: TableRecord,
  table: ResponseTable,
  bytes: number,
): string | null {
  const pairs: [string, number, number][] = [
    ["bytes", bytes, record.bytes],
    ["segments", table.segments, record.segments.length],
    ["sources", table.sources, record.separation.sources.length],
  ];
  for (const [field, got, wanted] of pairs) {
    if (got !== wanted) return `the table has ${got} ${field}, its record says ${wanted}`;
  }
  return null;
}
