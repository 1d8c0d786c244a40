import { deleteVisitor, expiredVisitors } from "../../access/visitor-rows.ts";
import { TEMPORARY_PREFIX } from "../../base/object-keys.ts";
import { removeUpload } from "./remove-upload.ts";
import { uploadsOf } from "./uploads.ts";

const ABANDONED_MS = 24 * 60 * 60 * 1000;
/** A request that began before a visitor expired may still be running. */
const GRACE_MS = 15 * 60 * 1000;
/** Few enough for one scheduled run; the next one continues. */
const VISITORS_AT_ONCE = 20;

/** Deletes the temporary objects of uploads that broke off. The list comes in pages. */
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

/** Deletes expired visitors and everything that they uploaded. */
export async function sweepVisitors(env: Env, now: Date): Promise<void> {
  const before = new Date(now.getTime() - GRACE_MS);
  for (const id of await expiredVisitors(env.DB, before, VISITORS_AT_ONCE)) {
    for (const upload of await uploadsOf(env.DB, id)) await removeUpload(env, upload);
    await deleteVisitor(env.DB, id);
  }
}
