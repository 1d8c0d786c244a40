import { createMiddleware } from "hono/factory";

/** For content-addressed bytes, which never change. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

/** For responses that may change: caches keep them, but revalidate before each use. */
export const CURRENT = "no-cache";

/** For responses that only one caller may see: no cache stores them. */
export const PRIVATE = "private, no-store";

/** Sets `Cache-Control` on every response of a route (RFC 9111, section 5.2.2). */
export const cacheControl = (directives: string) =>
  createMiddleware(async (c, next) => {
    await next();
    c.header("Cache-Control", directives);
  });
