import type { TableRecord } from "@lemons/shared/contract/table-record";
import { isActive } from "../flight/flight-record.ts";
import type { AskedTable } from "./asked-table.ts";
import { findTableRecord, isNoTable } from "./store.ts";
import { tableJobOf } from "./table-job.ts";

/** The tables that can answer a question: one for all types, and for some a cheaper one. */
export interface AnsweringTables {
  table: AskedTable | null;
  cheaperTable: AskedTable | null;
}

/** The table in the store that answers a question, the one for all types first; or null. */
export async function tableAtHand(
  bucket: R2Bucket,
  { table, cheaperTable }: AnsweringTables,
): Promise<TableRecord | null> {
  for (const asked of [table, cheaperTable]) {
    const known = asked && (await findTableRecord(bucket, asked.id));
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
export async function tableToBuild(env: Env, tables: AnsweringTables): Promise<AskedTable | null> {
  const { table, cheaperTable } = tables;
  if (table === null || (await tableAtHand(env.BUCKET, tables)) !== null) return null;
  const wanted = cheaperTable ?? table;
  if ((await findTableRecord(env.BUCKET, wanted.id)) !== null) return null;
  if (cheaperTable === null) return table;
  const whole = await tableJobOf(env, table.id).status();
  return whole !== null && isActive(whole.job) ? table : cheaperTable;
}
