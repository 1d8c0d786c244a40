import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { type Settings, settingsOf } from "../../base/env.ts";
import { isSignatureOf, signatureOf } from "../../base/http/signature.ts";
import { ProblemError } from "../../base/problems/problem.ts";

/** The query of a link to a private explanation, as received and not yet verified. */
export interface LinkQuery {
  expires: string;
  signature: string;
}

/** The explanation that a link shows. Computing it again makes another one, with another `storedAt`. */
export interface Shared {
  id: ExplanationId;
  storedAt: Date;
}

/** The reason why a link is invalid. */
export type LinkFault = "forged" | "expired";

/**
 * Signs a link that shows one explanation to everyone who has it: HMAC-SHA256 over the explanation's
 * id, the time at which it was stored, and the link's expiry.
 */
export async function signShareLink(
  { LINK_SECRET }: Settings,
  shared: Shared,
  expiresAt: Date,
): Promise<LinkQuery> {
  const expires = String(Math.floor(expiresAt.getTime() / 1000));
  return { expires, signature: await signatureOf(LINK_SECRET, message(shared, expires)) };
}

/** Verifies a link. @returns null if it is valid */
async function shareLinkFault(
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

/** @throws ProblemError link-refused, link-expired if the link doesn't show this explanation now */
export async function checkShareLink(
  env: Env,
  shared: Shared,
  link: LinkQuery,
  now: Date,
): Promise<void> {
  const fault = await shareLinkFault(settingsOf(env), shared, link, now);
  if (fault === "forged") {
    const reason = "Its signature does not match this explanation and expiry.";
    throw new ProblemError({ kind: "link-refused", reason });
  }
  if (fault === "expired") {
    const at = new Date(Number(link.expires) * 1000).toISOString();
    throw new ProblemError({ kind: "link-expired", at });
  }
}

/** Reads the link from a query. @returns null if the query has none */
export function parseShareLink(query: URLSearchParams): LinkQuery | null {
  const [expires, signature] = [query.get("expires"), query.get("signature")];
  if (expires === null && signature === null) return null;
  return { expires: expires ?? "", signature: signature ?? "" };
}

/** Returns a link as a query string. */
export const linkText = ({ expires, signature }: LinkQuery): string =>
  new URLSearchParams({ expires, signature }).toString();

/** Appends a link's query to a path, if there is a link. */
export const withLink = (path: string, link: LinkQuery | null): string =>
  link === null ? path : `${path}?${linkText(link)}`;

function message({ id, storedAt }: Shared, expires: string): string {
  return `lemons-share-link-1\n${id}\n${storedAt.getTime()}\n${expires}`;
}
