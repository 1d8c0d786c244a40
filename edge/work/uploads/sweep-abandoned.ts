import { TEMPORARY_PREFIX } from "../../base/object-keys.ts";

const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** Deletes what uploads left behind that were broken off. The list comes in pages. */
export async function sweepAbandonedUploads(bucket: R2Bucket, now: Date): Promise<void> {
  const before = now.getTime() - ABANDONED_MS;
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: TEMPORARY_PREFIX, ...(cursor && { cursor }) });
    const old = page.objects.filter(({ uploaded }) => uploaded.getTime() < before);
    if (old.length > 0) await bucket.delete(old.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
}
