import { hc } from "hono/client";
import type { Api } from "./web/routes/api.ts";

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
