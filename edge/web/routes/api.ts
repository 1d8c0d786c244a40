import { batchRoutes } from "./batches.ts";
import { embeddingRoutes } from "./embedding.ts";
import { explanationPartRoutes } from "./explanation-parts.ts";
import { explanationRoutes } from "./explanations.ts";
import { healthRoutes } from "./health.ts";
import { jobRoutes } from "./jobs.ts";
import { listenerChangeRoutes } from "./listener-changes.ts";
import { listenerRoutes } from "./listeners.ts";
import { modelRoutes } from "./models.ts";
import { recommendationRoutes } from "./recommendations.ts";
import { shareLinkRoutes } from "./share-links.ts";
import { trackRoutes } from "./tracks.ts";
import { uploadRoutes } from "./uploads.ts";
import { usageRoutes } from "./usage.ts";
import { webhookRoutes } from "./webhooks.ts";

/** Every route of the HTTP API: what is served, described and in the typed client. */
export const apiRoutes = [
  listenerRoutes,
  listenerChangeRoutes,
  recommendationRoutes,
  trackRoutes,
  modelRoutes,
  uploadRoutes,
  explanationRoutes,
  explanationPartRoutes,
  shareLinkRoutes,
  jobRoutes,
  batchRoutes,
  usageRoutes,
  embeddingRoutes,
  webhookRoutes,
  healthRoutes,
] as const;

/** The API's types: what goes in and comes out of every route. */
export type Api = (typeof apiRoutes)[number];
