import type { Settings } from "../env.ts";

/** What a link allows: one method on one object until a moment. */
export interface LinkGrant {
  method: "GET" | "PUT";
  /** R2 key. */
  key: string;
  expiresAt: Date;
}

const LINK_LIFETIME_MS = 60 * 60 * 1000;
const encoder = new TextEncoder();
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** When links of a request that is made now expire. */
export const linkExpiry = (): Date => new Date(Date.now() + LINK_LIFETIME_MS);

/**
 * A link that needs no other credential: HMAC-SHA256 over method, key and expiry.
 *
 * @returns absolute URL under the public origin
 */
export async function signLink(settings: Settings, grant: LinkGrant): Promise<string> {
  const expires = Math.floor(grant.expiresAt.getTime() / 1000);
  const mac = await crypto.subtle.sign(
    ALGORITHM,
    await signingKey(settings.LINK_SECRET),
    message(grant.method, grant.key, expires),
  );
  const path = grant.key.split("/").map(encodeURIComponent).join("/");
  const query = new URLSearchParams({ expires: String(expires), signature: base64url(mac) });
  return `${settings.PUBLIC_ORIGIN}/objects/${path}?${query}`;
}

/** A link as it was followed. */
export interface FollowedLink {
  method: string;
  key: string;
  expires: string | undefined;
  signature: string | undefined;
}

/**
 * Checks a link. The comparison takes the same time for every wrong signature.
 *
 * @returns null where it holds, else why not
 */
export async function linkFault(
  settings: Settings,
  { method, key, expires, signature }: FollowedLink,
  now: Date,
): Promise<string | null> {
  if (expires === undefined || signature === undefined) return "The link is not signed.";
  if (!/^\d{1,12}$/.test(expires)) return "The link's expiry cannot be read.";
  const mac = fromBase64url(signature);
  if (mac === null) return "The link's signature cannot be read.";
  const genuine = await crypto.subtle.verify(
    ALGORITHM,
    await signingKey(settings.LINK_SECRET),
    mac,
    message(method, key, Number(expires)),
  );
  if (!genuine) return "The link's signature does not belong to this method, object and expiry.";
  if (Number(expires) * 1000 <= now.getTime()) return "The link has expired.";
  return null;
}

function message(method: string, key: string, expires: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(`lemons-object-link-1\n${method}\n${key}\n${expires}`));
}

function signingKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, [
    "sign",
    "verify",
  ]);
}

function base64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
