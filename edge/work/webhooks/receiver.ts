import { KeyId } from "@lemons/shared/contract/access";
import {
  type ExplanationRequest,
  MAX_WEBHOOK_URL_LENGTH,
  WebhookEvent,
} from "@lemons/shared/contract/explanation-request";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../access/app-env.ts";
import { type Settings, settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { receiverStanding } from "./deliveries.ts";

/** Deliveries of one key that may be pending at once. */
const MAX_PENDING = 1000;

/** The last labels of names that exist inside a network only, or not at all. */
const INTERNAL_DOMAINS: ReadonlySet<string> = new Set([
  // RFC 6761, RFC 6762, RFC 7686, RFC 9476, RFC 8375 and ICANN's choice for private use.
  ...["localhost", "test", "invalid", "example", "local", "onion", "alt", "arpa", "internal"],
  // The usual names in routers, companies and clusters.
  ...["localdomain", "intranet", "private", "corp", "home", "lan", "box", "svc", "consul"],
]);
const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

/** A webhook receiver: an address of a key, and the events that it wants. */
export const WebhookReceiver = z.object({
  owner: KeyId,
  url: z.string(),
  events: z.array(WebhookEvent),
});
export type WebhookReceiver = z.infer<typeof WebhookReceiver>;

/**
 * Checks that deliveries to a receiver are accepted.
 *
 * @throws ProblemError receiver-gone, too-many-webhooks
 */
export function requireOpenReceiver({
  pending,
  goneUntil,
}: {
  pending: number;
  goneUntil: string | null;
}): void {
  if (goneUntil !== null) throw new ProblemError({ kind: "receiver-gone", until: goneUntil });
  if (pending >= MAX_PENDING) {
    throw new ProblemError({ kind: "too-many-webhooks", limit: MAX_PENDING });
  }
}

/**
 * Returns the receiver that a request names, or null if it names none.
 *
 * @throws ProblemError key-needed, bad-request, receiver-gone, too-many-webhooks
 */
export async function resolveReceiver(
  c: Context<AppEnv>,
  request: Pick<ExplanationRequest, "webhook" | "webhook_events_filter">,
): Promise<WebhookReceiver | null> {
  if (request.webhook === undefined) return null;
  const { key } = c.get("caller");
  if (key === null) throw new ProblemError({ kind: "key-needed", scope: "explain" });
  const fault = receiverFault(request.webhook, settingsOf(c.env));
  if (fault !== null) {
    throw new ProblemError({ kind: "bad-request", errors: [{ field: "webhook", message: fault }] });
  }
  const url = new URL(request.webhook).href;
  requireOpenReceiver(await receiverStanding(c.env.DB, { owner: key.id, url }));
  return {
    owner: key.id,
    url,
    events: request.webhook_events_filter ?? [...WebhookEvent.options],
  };
}

/**
 * Checks an address that requests are to be sent to. Its name isn't resolved here: Cloudflare's fetch
 * reaches public addresses only.
 *
 * @returns null if it may be called, else what is wrong with it, as the end of "webhook ..."
 */
export function receiverFault(
  text: string,
  settings: Pick<Settings, "PUBLIC_ORIGIN" | "WEBHOOK_LOOPBACK">,
): string | null {
  if (text.length > MAX_WEBHOOK_URL_LENGTH) {
    return `must have at most ${MAX_WEBHOOK_URL_LENGTH} characters`;
  }
  if (!URL.canParse(text)) return "must be an absolute URL";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not contain a user or a password";
  const isLoopback = LOOPBACK_HOSTS.includes(url.hostname);
  if (isLoopback && settings.WEBHOOK_LOOPBACK === "allowed" && url.protocol === "http:") {
    return null;
  }
  if (url.protocol !== "https:") return "must be https";
  if (url.port !== "") return "must use the default port, 443";
  return hostFault(url.hostname, new URL(settings.PUBLIC_ORIGIN).hostname);
}

/** @param host as the URL standard writes it: lower case, addresses in any notation made dotted */
function hostFault(host: string, ownHost: string): string | null {
  if (host.startsWith("[") || /^\d{1,3}(?:\.\d{1,3}){3}\.?$/.test(host)) {
    return "must name a host, not an IP address";
  }
  const name = host.replace(/\.$/, "");
  const labels = name.split(".");
  if (labels.length < 2 || labels.includes("") || INTERNAL_DOMAINS.has(labels.at(-1)!)) {
    return "must name a host of the public internet";
  }
  return name === ownHost ? "must not be this service itself" : null;
}
