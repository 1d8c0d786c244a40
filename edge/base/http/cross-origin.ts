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
  // Without Content-Type: other sites may read, but not spend their visitors' compute budget.
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
 * Lets pages of any origin read, and do what their API key allows if they send one (Fetch standard,
 * CORS protocol). Only requests of our own pages use cookies (same-origin.ts), so another site can't
 * act for a visitor.
 */
export const crossOrigin = createMiddleware((c, next) => {
  const isPreflight = c.req.raw.headers.has("Access-Control-Request-Method");
  if (c.req.method === "OPTIONS" && !isPreflight) return next();
  const wanted = c.req.header("Access-Control-Request-Headers") ?? "";
  return /(?:^|,)\s*authorization\s*(?:,|$)/i.test(wanted) ? withKey(c, next) : readOnly(c, next);
});
