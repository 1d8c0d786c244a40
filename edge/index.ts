import { app } from "./app.ts";

export { ExplanationJob } from "./explanations/job.ts";
export { CatalogueScoring } from "./scoring/catalogue-scoring.ts";

export default {
  fetch: app.fetch,
} satisfies ExportedHandler<Env>;
