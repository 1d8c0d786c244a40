import type { Settings } from "../base/env.ts";
import { isSignatureOf, SIGNATURE, signatureOf } from "../base/http/signature.ts";

/** The permission of a link: one method on one object, up to a moment. */
export interface LinkGrant {
  method: "GET" | "PUT";
  /** R2 key. */
  key: string;
  expiresAt: Date;
}

const LINK_LIFETIME_MS = 60 * 60 * 1000;

/** Returns when links that are signed now expire. */
export const linkExpiry = (): Date => new Date(Date.now() + LINK_LIFETIME_MS);

/**
 * Signs a link that needs no other credential: HMAC-SHA256 over method, key and expiry.
 *
 * @returns an absolute URL at the public origin
 */
export async function signLink(settings: Settings, grant: LinkGrant): Promise<string> {
  const expires = Math.floor(grant.expiresAt.getTime() / 1000);
  const text = message(grant.method, grant.key, expires);
  const signature = await signatureOf(settings.LINK_SECRET, text);
  const path = grant.key.split("/").map(encodeURIComponent).join("/");
  const query = new URLSearchParams({ expires: String(expires), signature });
  return `${settings.PUBLIC_ORIGIN}/objects/${path}?${query}`;
}

/** The parts of a link in a request. */
export interface FollowedLink {
  method: string;
  key: string;
  expires: string | undefined;
  signature: string | undefined;
}

/**
 * Checks a link. The comparison takes the same time for every wrong signature.
 *
 * @returns null if the link is valid, else what is wrong with it
 */
export async function linkFault(
  settings: Settings,
  { method, key, expires, signature }: FollowedLink,
  now: Date,
): Promise<string | null> {
  if (expires === undefined || signature === undefined) return "The link is not signed.";
  if (!/^\d{1,12}$/.test(expires)) return "The link's expiry is malformed.";
  if (!SIGNATURE.test(signature)) return "The link's signature is malformed.";
  const text = message(method, key, Number(expires));
  const isGenuine = await isSignatureOf(settings.LINK_SECRET, text, signature);
  if (!isGenuine) return "The link's signature doesn't match its method, object and expiry.";
  if (Number(expires) * 1000 <= now.getTime()) return "The link has expired.";
  return null;
}

function message(method: string, key: string, expires: number): string {
  return `lemons-object-link-1\n${method}\n${key}\n${expires}`;
}
