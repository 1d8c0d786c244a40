import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Settings } from "../../base/env.ts";
import { isSignatureOf, signatureOf } from "../../base/http/signature.ts";

/** What makes the address of a private explanation hold, as it was sent: not yet looked at. */
export interface LinkQuery {
  expires: string;
  signature: string;
}

/** What a link shows: an explanation as it was stored at a moment. One that is made anew is another. */
export interface Shared {
  id: ExplanationId;
  storedAt: Date;
}

/** Why a link does not hold. */
export type LinkFault = "forged" | "expired";

/**
 * Signs a link that shows one explanation to whoever has it: HMAC-SHA256 over its id, when it was
 * stored, and the link's expiry.
 */
export async function signShareLink(
  { LINK_SECRET }: Settings,
  shared: Shared,
  expiresAt: Date,
): Promise<LinkQuery> {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  return { expires, signature: await signatureOf(LINK_SECRET, message(shared, expires)) };
}

/** Checks a link. @returns null where it holds */
export async function shareLinkFault(
  { LINK_SECRET }: Settings,
  shared: Shared,
  { expires, signature }: LinkQuery,
  now: Date,
): Promise<LinkFault | null> {
  const isGenuine =
    /^\d{1,12}$/.test(expires) &&
    (await isSignatureOf(LINK_SECRET, message(shared, expires), signature));
  if (!isGenuine) return "forged";
  return Number(expires) * 1000 <= now.getTime() ? "expired" : null;
}

/** The link that a query holds; null where it holds none. */
export function parseShareLink(query: URLSearchParams): LinkQuery | null {
  const [expires, signature] = [query.get("expires"), query.get("signature")];
  if (expires === null && signature === null) return null;
  return { expires: expires ?? "", signature: signature ?? "" };
}

/** A link as the query of an address. */
export const linkText = ({ expires, signature }: LinkQuery): string =>
  new URLSearchParams({ expires, signature }).toString();

/** A path with the link's query, where there is one. */
export const withLink = (path: string, link: LinkQuery | null): string =>
  link === null ? path : `${path}?${linkText(link)}`;

function message({ id, storedAt }: Shared, expires: string): string {
  return `lemons-share-link-1\n${id}\n${storedAt.getTime()}\n${expires}`;
}
