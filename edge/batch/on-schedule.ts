import { BatchRequest } from "@lemons/shared/contract/batch";
import { ensureAllScoring } from "../work/scoring/ensure-scoring.ts";
import { sweepAbandonedUploads } from "../work/uploads/sweep-abandoned.ts";
import { sweepVisitors } from "../work/uploads/sweep-visitors.ts";
import { tendDeliveries } from "../work/webhooks/tend-deliveries.ts";
import { createBatch } from "./create-batch.ts";
import { dispatch } from "./ledger.ts";

/** As in wrangler.toml. */
const EVERY_MINUTE = "* * * * *";
const EVERY_NIGHT = "0 3 * * *";

/** What the clock does. A strike that comes twice, or too late, does nothing twice. */
export async function onSchedule(
  env: Env,
  { cron, scheduledTime }: Pick<ScheduledController, "cron" | "scheduledTime">,
): Promise<void> {
  switch (cron) {
    case EVERY_MINUTE:
      return dispatch(env);
    case EVERY_NIGHT:
      await sweepAbandonedUploads(env.BUCKET, new Date(scheduledTime));
      return createBatch(env, {
        id: `nightly-${new Date(scheduledTime).toISOString().slice(0, 10)}`,
        origin: "schedule",
        request: BatchRequest.parse({}),
      });
    default:
      await Promise.all([
        ensureAllScoring(env),
        tendDeliveries(env),
        sweepVisitors(env, new Date(scheduledTime)),
      ]);
  }
}
