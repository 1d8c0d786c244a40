import { app } from "./app.ts";
import { consume, consumeDead } from "./batch/consume.ts";
import { onSchedule } from "./batch/on-schedule.ts";

export { ComputeBudget } from "./access/compute-budget.ts";
export { ExplanationJob } from "./work/explanations/explanation-job.ts";
export { RenderJob } from "./work/explanations/render-job.ts";
export { WorkerLine } from "./work/flight/worker-line.ts";
export { CatalogueScoring } from "./work/scoring/catalogue-scoring.ts";
export { StemsJob } from "./work/stems/stems-job.ts";
export { TableJob } from "./work/tables/table-job.ts";
export { AudioBytes } from "./work/uploads/audio-bytes.ts";
export { ProbeJob } from "./work/uploads/probe-job.ts";
export { WebhookSender } from "./work/webhooks/webhook-sender.ts";

/** The dead-letter queue of wrangler.toml: messages that failed every delivery. */
const DEAD_LETTERS = "lemons-batch-dead";

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => onSchedule(env, controller),
  queue: (batch, env) =>
    batch.queue === DEAD_LETTERS ? consumeDead(env, batch) : consume(env, batch),
} satisfies ExportedHandler<Env>;
