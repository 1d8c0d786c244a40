import { NONCE, secureHeaders } from "hono/secure-headers";

const SELF = "'self'";
const NONE = "'none'";

/**
 * Nothing from elsewhere and nothing inline, except styles that carry the answer's nonce
 * (`c.get("secureHeadersNonce")`): elements with shadow roots bring theirs as style elements.
 * Decoded audio is played through blob links.
 */
export const securityHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: [NONE],
    // Pages count masks themselves.
    scriptSrc: [SELF, "'wasm-unsafe-eval'"],
    styleSrc: [SELF, NONCE],
    imgSrc: [SELF, "data:"],
    fontSrc: [SELF],
    mediaSrc: [SELF, "blob:"],
    connectSrc: [SELF, "blob:"],
    workerSrc: [SELF, "blob:"],
    manifestSrc: [SELF],
    formAction: [SELF],
    baseUri: [NONE],
    frameAncestors: [NONE],
    objectSrc: [NONE],
  },
  referrerPolicy: "strict-origin-when-cross-origin",
});
