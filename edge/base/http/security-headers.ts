import { createMiddleware } from "hono/factory";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { settingsOf } from "../env.ts";
import type { WorkerEnv } from "./worker-env.ts";

const SELF = "'self'";
const NONE = "'none'";

/**
 * Nothing from elsewhere and nothing inline, except styles that carry the answer's nonce
 * (`c.get("secureHeadersNonce")`): elements with shadow roots bring theirs as style elements.
 * Decoded audio is played through blob links.
 */
const policy = {
  defaultSrc: [NONE],
  scriptSrc: [SELF],
  styleSrc: [SELF, NONCE],
  imgSrc: [SELF, "data:"],
  fontSrc: [SELF],
  mediaSrc: [SELF, "blob:"],
  connectSrc: [SELF, "blob:"],
  workerSrc: [SELF, "blob:"],
  manifestSrc: [SELF],
  // Previews of players in frames.
  frameSrc: [SELF],
  formAction: [SELF],
  baseUri: [NONE],
  frameAncestors: [NONE],
  objectSrc: [NONE],
};
const referrerPolicy = "strict-origin-when-cross-origin";

/** Where players count masks themselves. */
const COUNTING = [SELF, "'wasm-unsafe-eval'"];

const ofPages = secureHeaders({ contentSecurityPolicy: policy, referrerPolicy });

const ofPlayers = secureHeaders({
  contentSecurityPolicy: { ...policy, scriptSrc: COUNTING },
  referrerPolicy,
});

/** What pages of any origin may read and show. */
const ofPublicBytes = secureHeaders({
  contentSecurityPolicy: policy,
  referrerPolicy,
  crossOriginResourcePolicy: "cross-origin",
});

/** Players in frames of whichever pages the settings allow. */
const ofFrames = secureHeaders({
  contentSecurityPolicy: {
    ...policy,
    scriptSrc: COUNTING,
    styleSrc: [SELF],
    formAction: [NONE],
    frameAncestors: [SELF, (c) => settingsOf(c.env as Env).EMBED_ANCESTORS],
  },
  referrerPolicy,
  crossOriginResourcePolicy: "cross-origin",
  xFrameOptions: false,
});

const PLAYER_PAGES = /^\/(?:e|gallery|listeners|song|tracks)(?:\/|$)/;

/** The headers that keep an answer from being used as it should not, by what it is. */
export const securityHeaders = createMiddleware<WorkerEnv>((c, next) => {
  const { path } = c.req;
  if (path.startsWith("/embed/")) return ofFrames(c, next);
  const isPublic = path.startsWith("/v1/") || path.endsWith("/picture.png");
  if (isPublic) return ofPublicBytes(c, next);
  return PLAYER_PAGES.test(path) ? ofPlayers(c, next) : ofPages(c, next);
});
