import { hc } from "hono/client";
import type { Api } from "./web/routes/api.ts";

/** Options of {@link createClient}. */
export interface ClientOptions {
  /** API key. Without one a client can read, and request explanations within a small budget. */
  key?: string;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch;
}

/**
 * Creates a client of the HTTP API, typed by the routes: `v1.tracks.$get`, `v1.explanations.$post`.
 * Methods return plain `Response`s and never retry.
 *
 * @param origin origin of the service, such as `https://lemons.example`
 */
export function createClient(origin: string, { key, fetch }: ClientOptions = {}) {
  return hc<Api>(origin, {
    ...(fetch && { fetch }),
    headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
  });
}
