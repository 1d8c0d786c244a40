import { hc } from "hono/client";
import type { batchRoutes } from "./routes/batches.ts";
import type { explanationRoutes } from "./routes/explanations.ts";
import type { healthRoutes } from "./routes/health.ts";
import type { jobRoutes } from "./routes/jobs.ts";
import type { listenerChangeRoutes } from "./routes/listener-changes.ts";
import type { listenerRoutes } from "./routes/listeners.ts";
import type { modelRoutes } from "./routes/models.ts";
import type { recommendationRoutes } from "./routes/recommendations.ts";
import type { trackRoutes } from "./routes/tracks.ts";
import type { uploadRoutes } from "./routes/uploads.ts";

/** Every route of the HTTP API, with the types of what goes in and comes out. */
export type Api =
  | typeof batchRoutes
  | typeof explanationRoutes
  | typeof healthRoutes
  | typeof jobRoutes
  | typeof listenerChangeRoutes
  | typeof listenerRoutes
  | typeof modelRoutes
  | typeof recommendationRoutes
  | typeof trackRoutes
  | typeof uploadRoutes;

/** How a client reaches the service. */
export interface ClientOptions {
  /** An API key; without one a client may read and, within a small budget, ask. */
  key?: string;
  /** In the place of the platform's own. */
  fetch?: typeof fetch;
}

/**
 * A client of the HTTP API, typed by the service's own routes: `v1.tracks.$get`, `v1.explanations.$post`.
 * Answers are plain `Response`s; nothing is retried.
 *
 * @param origin of the service, such as `https://lemons.example`
 */
export function createClient(origin: string, { key, fetch }: ClientOptions = {}) {
  return hc<Api>(origin, {
    ...(fetch && { fetch }),
    headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
  });
}
