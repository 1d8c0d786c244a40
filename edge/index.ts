import { app } from "./app.ts";
import { ensureAllScoring } from "./scoring/ensure-scoring.ts";

export { ExplanationJob } from "./explanations/job.ts";
export { RenderJob } from "./renders/render-job.ts";
export { CatalogueScoring } from "./scoring/catalogue-scoring.ts";
export { TableJob } from "./tables/table-job.ts";

export default {
  fetch: app.fetch,
  scheduled: (_controller, env) => ensureAllScoring(env),
} satisfies ExportedHandler<Env>;
