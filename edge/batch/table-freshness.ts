import type { TableId } from "@lemons/shared/contract/identifier";
import { tableRecordKey } from "../base/object-keys.ts";

/**
 * Whether it is known if there is a table.
 *
 * @param notBefore what was found out earlier does not count; null where everything does
 */
export async function isTableFresh(
  bucket: R2Bucket,
  id: TableId,
  notBefore: Date | null,
): Promise<boolean> {
  const record = await bucket.head(tableRecordKey(id));
  return record !== null && (notBefore === null || record.uploaded >= notBefore);
}
