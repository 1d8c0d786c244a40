import { createMiddleware } from "hono/factory";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { settingsOf } from "../env.ts";
import type { WorkerEnv } from "./worker-env.ts";

const SELF = "'self'";
const NONE = "'none'";

/**
 * Allows nothing from other origins and nothing inline, except styles with the response's nonce
 * (`c.get("secureHeadersNonce")`): elements with shadow roots bring style elements. Players play
 * decoded audio through blob URLs.
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
  // For previews of embedded players.
  frameSrc: [SELF],
  formAction: [SELF],
  baseUri: [NONE],
  frameAncestors: [NONE],
  objectSrc: [NONE],
};
const referrerPolicy = "strict-origin-when-cross-origin";

/** For pages whose players enumerate masks in WebAssembly. */
const COUNTING = [SELF, "'wasm-unsafe-eval'"];

const ofPages = secureHeaders({ contentSecurityPolicy: policy, referrerPolicy });

const ofPlayers = secureHeaders({
  contentSecurityPolicy: { ...policy, scriptSrc: COUNTING },
  referrerPolicy,
});

/** For responses that pages of any origin may read. */
const ofPublicBytes = secureHeaders({
  contentSecurityPolicy: policy,
  referrerPolicy,
  crossOriginResourcePolicy: "cross-origin",
});

/** For players in frames, on the pages that EMBED_ANCESTORS allows. */
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

/** Sets security headers by the kind of response. */
export const securityHeaders = createMiddleware<WorkerEnv>((c, next) => {
  const { path } = c.req;
  if (path.startsWith("/embed/")) return ofFrames(c, next);
  const isPublic = path.startsWith("/v1/") || path.endsWith("/picture.png");
  if (isPublic) return ofPublicBytes(c, next);
  return PLAYER_PAGES.test(path) ? ofPlayers(c, next) : ofPages(c, next);
});
