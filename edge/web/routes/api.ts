import { batchRoutes } from "./batches.ts";
import { embeddingRoutes } from "./embedding.ts";
import { explanationPartRoutes } from "./explanation-parts.ts";
import { explanationRoutes } from "./explanations.ts";
import { listenerRoutes } from "./listeners.ts";
import { modelRoutes } from "./models.ts";
import { operationRoutes } from "./operations.ts";
import { recommendationRoutes } from "./recommendations.ts";
import { shareLinkRoutes } from "./share-links.ts";
import { trackRoutes } from "./tracks.ts";
import { uploadRoutes } from "./uploads.ts";
import { webhookRoutes } from "./webhooks.ts";

/** Every route of the HTTP API, for the server, the OpenAPI document and the typed client. */
export const apiRoutes = [
  listenerRoutes,
  recommendationRoutes,
  trackRoutes,
  modelRoutes,
  uploadRoutes,
  explanationRoutes,
  explanationPartRoutes,
  shareLinkRoutes,
  batchRoutes,
  embeddingRoutes,
  webhookRoutes,
  operationRoutes,
] as const;

/** The request and response types of every route. */
export type Api = (typeof apiRoutes)[number];
