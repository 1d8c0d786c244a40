import type { BatchRequest } from "@lemons/shared/contract/batch";
import { tableJobOf } from "../work/tables/table-job.ts";
import { deleteTable } from "../work/tables/table-store.ts";
import { askedOf } from "./asked-of.ts";
import { type BatchItem, type Outcome, SUPERSEDED } from "./item.ts";
import { runFlight } from "./run-flight.ts";
import { isTableFresh } from "./table-freshness.ts";

/** Sees to it that it is known whether there is a response table. */
export async function runTable(
  env: Env,
  item: BatchItem,
  { force }: BatchRequest,
  createdAt: Date,
): Promise<Outcome> {
  const { table } = await askedOf(env, item);
  if (table?.id !== item.id) return SUPERSEDED;
  const isThere = () => isTableFresh(env.BUCKET, table.id, force ? createdAt : null);
  if (await isThere()) return { state: "done" };
  if (force) await deleteTable(env.BUCKET, table.id);
  const job = tableJobOf(env, table.id);
  return runFlight(item, job, () => job.start(table), isThere);
}
