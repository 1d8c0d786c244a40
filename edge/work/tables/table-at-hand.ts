import type { TableRecord } from "@lemons/shared/contract/explanation";
import { isActive } from "../flight/flight-record.ts";
import { tableJobOf } from "./table-job.ts";
import { findTableRecord, isNoTable } from "./table-store.ts";
import type { TableTask } from "./table-task.ts";

/** The tables that can answer a question: one for all types, and for some a cheaper one. */
export interface AnsweringTables {
  table: TableTask | null;
  cheaperTable: TableTask | null;
}

/** The table in the store that answers a question, the one for all types first; or null. */
export async function tableAtHand(
  bucket: R2Bucket,
  { table, cheaperTable }: AnsweringTables,
): Promise<TableRecord | null> {
  for (const task of [table, cheaperTable]) {
    const known = task && (await findTableRecord(bucket, task.id));
    if (known && !isNoTable(known)) return known;
  }
  return null;
}

/**
 * The table to have built for a question: the cheaper one, unless that for all types is on its way
 * already.
 *
 * @returns null where one is at hand, or it is known that there can be none
 */
export async function tableToBuild(env: Env, tables: AnsweringTables): Promise<TableTask | null> {
  const { table, cheaperTable } = tables;
  if (table === null || (await tableAtHand(env.BUCKET, tables)) !== null) return null;
  const wanted = cheaperTable ?? table;
  if ((await findTableRecord(env.BUCKET, wanted.id)) !== null) return null;
  if (cheaperTable === null) return table;
  const whole = await tableJobOf(env, table.id).status();
  return whole !== null && isActive(whole.job) ? table : cheaperTable;
}
