import { MAX_WEBHOOK_URL_LENGTH } from "@lemons/shared/contract/explanation-request";
import type { Settings } from "../../base/env.ts";

/** The last labels of names that mean something inside a network only, or nothing at all. */
const INTERNAL_DOMAINS: ReadonlySet<string> = new Set([
  // RFC 6761, RFC 6762, RFC 7686, RFC 9476, RFC 8375 and ICANN's choice for private use.
  ...["localhost", "test", "invalid", "example", "local", "onion", "alt", "arpa", "internal"],
  // What routers and companies call theirs.
  ...["localdomain", "intranet", "private", "corp", "home", "lan"],
]);
const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

/**
 * Looks at an address that somebody wants requests sent to. What its name resolves to is not known
 * here: Cloudflare's fetch reaches public addresses only.
 *
 * @returns null where it may be called, else what is wrong with it, as the end of "webhook ..."
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
