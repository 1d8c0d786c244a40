import type { Context } from "hono";

const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];

/**
 * Whether a request comes from a page of this origin, or from nobody's: an address typed, a link
 * followed. Cookies are looked at for those only. `SameSite` alone is not enough, since another port or
 * subdomain is the same site; so this goes by what browsers say of themselves (Fetch Metadata), and
 * where they say nothing by `Origin` (RFC 6454).
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

/** A page that is opened on its own: whoever linked to it cannot look into it. */
function isNavigation(c: Context): boolean {
  return (
    c.req.header("Sec-Fetch-Mode") === "navigate" && c.req.header("Sec-Fetch-Dest") === "document"
  );
}
