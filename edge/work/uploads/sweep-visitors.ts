import { deleteVisitor, expiredVisitors } from "../../access/visitor-rows.ts";
import { removeUpload } from "./remove-upload.ts";
import { uploadsOf } from "./uploads.ts";

/** A request that began before the time was over may still be at work. */
const GRACE_MS = 15 * 60 * 1000;
/** As many as one strike of the clock has time for; the next goes on. */
const VISITORS_AT_ONCE = 20;

/** Removes what visitors have left behind whose time is over, and forgets who they were. */
export async function sweepVisitors(env: Env, now: Date): Promise<void> {
  const before = new Date(now.getTime() - GRACE_MS);
  for (const id of await expiredVisitors(env.DB, before, VISITORS_AT_ONCE)) {
    for (const upload of await uploadsOf(env.DB, id)) await removeUpload(env, upload);
    await deleteVisitor(env.DB, id);
  }
}
