import type { Context } from "hono";

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

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

/**
 * Returns true if a page of another origin sends an unsafe request, whatever a preflight allowed:
 * browsers cache preflights by path, so one that allowed `Authorization` covers keyless requests too.
 * Requests without `Sec-Fetch-Site` and `Origin` come from no page.
 */
export function isCrossOriginWrite(c: Context): boolean {
  if (SAFE_METHODS.includes(c.req.method)) return false;
  const site = c.req.header("Sec-Fetch-Site");
  // "none" is a request of the user or of an extension, not of a page.
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const origin = c.req.header("Origin");
  return origin !== undefined && origin !== new URL(c.req.url).origin;
}

/** A top-level page load: the page that linked here can't read the response. */
function isNavigation(c: Context): boolean {
  return (
    c.req.header("Sec-Fetch-Mode") === "navigate" && c.req.header("Sec-Fetch-Dest") === "document"
  );
}
