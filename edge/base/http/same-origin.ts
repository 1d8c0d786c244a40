import type { Context } from "hono";

const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];

/**
 * Returns true if a request comes from a page of this origin or from no page (a typed address, a
 * followed link). Only such requests may use cookies: `SameSite` alone isn't enough, since another port
 * or subdomain is the same site. Reads Fetch Metadata, or `Origin` (RFC 6454) from browsers without it.
 */
export function isSameOrigin(c: Context): boolean {
  const isSafe = SAFE_METHODS.includes(c.req.method);
  const site = c.req.header("Sec-Fetch-Site");
  if (site !== undefined) {
    return site === "same-origin" || (isSafe && (site === "none" || isNavigation(c)));
  }
  const origin = c.req.header("Origin");
  if (origin === undefined) return isSafe;
  return origin === new URL(c.req.url).origin;
}

/** A top-level page load: the page that linked here can't read the response. */
function isNavigation(c: Context): boolean {
  return (
    c.req.header("Sec-Fetch-Mode") === "navigate" && c.req.header("Sec-Fetch-Dest") === "document"
  );
}
