import { BatchId, BatchRequest } from "@lemons/shared/contract/batch";
import { exists } from "../base/rows.ts";
import { ensureAllScoring } from "../work/scoring/ensure-scoring.ts";
import { sweepAbandonedUploads, sweepVisitors } from "../work/uploads/sweep-uploads.ts";
import { tendDeliveries } from "../work/webhooks/tend-deliveries.ts";
import { createBatch } from "./change-batch.ts";
import { dispatch } from "./ledger.ts";

/** As in wrangler.toml. */
const EVERY_MINUTE = "* * * * *";
const EVERY_NIGHT = "0 3 * * *";
const NIGHT_HOUR_UTC = 3;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Runs the scheduled work. A trigger that comes twice, or late, does nothing twice. */
export async function onSchedule(
  env: Env,
  { cron, scheduledTime }: Pick<ScheduledController, "cron" | "scheduledTime">,
): Promise<void> {
  const now = new Date(scheduledTime);
  switch (cron) {
    case EVERY_MINUTE:
      return dispatch(env);
    case EVERY_NIGHT:
      return runNight(env, now);
    default:
      await Promise.all([
        ensureAllScoring(env),
        tendDeliveries(env),
        sweepVisitors(env, now),
        catchUpNight(env, now),
      ]);
  }
}

/** Sweeps abandoned uploads, and creates the nightly batch, which sweeps and recomputes the rest. */
async function runNight(env: Env, night: Date): Promise<void> {
  await sweepAbandonedUploads(env.BUCKET, night);
  await createBatch(env, {
    id: nightlyBatchId(night),
    origin: "schedule",
    request: BatchRequest.parse({}),
  });
}

/**
 * Runs the last night if its trigger was missed: the machine was off, or the deployment in progress.
 * A service that is younger than the night missed nothing.
 */
async function catchUpNight(env: Env, now: Date): Promise<void> {
  const today = new Date(now);
  today.setUTCHours(NIGHT_HOUR_UTC, 0, 0, 0);
  const night = today <= now ? today : new Date(today.getTime() - DAY_MS);
  const isMissed = await exists(
    env.DB,
    `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM batches WHERE id = ?1)
       AND (EXISTS (SELECT 1 FROM batches WHERE created_at < ?2)
         OR EXISTS (SELECT 1 FROM usage_days WHERE day < ?3))`,
    ...[nightlyBatchId(night), night.toISOString(), night.toISOString().slice(0, 10)],
  );
  if (isMissed) await runNight(env, night);
}

const nightlyBatchId = (night: Date): BatchId =>
  BatchId.parse(`nightly-${night.toISOString().slice(0, 10)}`);
