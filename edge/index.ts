import { app } from "./app.ts";
import { consume, consumeDead } from "./batch/consume.ts";
import { onSchedule } from "./batch/on-schedule.ts";

export { ComputeBudget } from "./access/compute-budget.ts";
export { ExplanationJob } from "./explanations/job.ts";
export { RenderJob } from "./renders/render-job.ts";
export { CatalogueScoring } from "./scoring/catalogue-scoring.ts";
export { StemsJob } from "./stems/stems-job.ts";
export { TableJob } from "./tables/table-job.ts";
export { AudioBytes } from "./uploads/audio-bytes.ts";
export { ProbeJob } from "./uploads/probe-job.ts";
export { WebhookSender } from "./webhooks/webhook-sender.ts";

/** Queue of messages whose deliveries all failed, as wrangler.toml names it. */
const DEAD_LETTERS = "lemons-batch-dead";

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => onSchedule(env, controller),
  queue: (batch, env) =>
    batch.queue === DEAD_LETTERS ? consumeDead(env, batch) : consume(env, batch),
} satisfies ExportedHandler<Env>;
