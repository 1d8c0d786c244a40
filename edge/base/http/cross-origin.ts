import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";

const EXPOSED = [
  ...["Accept-Ranges", "Content-Location", "Content-Range", "ETag", "Location"],
  ...["Preference-Applied", "RateLimit", "RateLimit-Policy", "Retry-After", "Server-Timing"],
  ...["WWW-Authenticate", "X-Request-Id"],
];
const READING = ["If-Modified-Since", "If-None-Match", "If-Range", "Last-Event-ID", "Range"];
const WRITING = ["Authorization", "Content-Type", "Idempotency-Key", "Prefer", "X-Request-Id"];
const PREFLIGHT_SECONDS = 86_400;

const readOnly = cors({
  origin: "*",
  allowMethods: ["GET", "HEAD"],
  // No Content-Type: a page elsewhere may read, but not make us compute at its visitors' expense.
  allowHeaders: READING,
  exposeHeaders: EXPOSED,
  maxAge: PREFLIGHT_SECONDS,
});

const withKey = cors({
  origin: "*",
  allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
  allowHeaders: [...READING, ...WRITING],
  exposeHeaders: EXPOSED,
  maxAge: PREFLIGHT_SECONDS,
});

/**
 * Pages of any origin may read; those that are going to send a key of their own may do what the key may
 * (Fetch standard, CORS protocol). Cookies are looked at in requests of our own pages only
 * (same-origin.ts), so nobody's rights are lent to a page.
 */
export const crossOrigin = createMiddleware((c, next) => {
  const isPreflight = c.req.raw.headers.has("Access-Control-Request-Method");
  if (c.req.method === "OPTIONS" && !isPreflight) return next();
  const wanted = c.req.header("Access-Control-Request-Headers") ?? "";
  return /(?:^|,)\s*authorization\s*(?:,|$)/i.test(wanted) ? withKey(c, next) : readOnly(c, next);
});
