import type { Context } from "hono";
import { settingsOf } from "../base/env.ts";
import type { AppEnv } from "./app-env.ts";

/** The holder of a compute budget and a burst limit: an API key, or an address without one. */
export interface Account {
  name: string;
  computeSecondsPerDay: number;
}

const encoder = new TextEncoder();

/** Finds the account of a request. Addresses are stored as keyed hashes only. */
export async function accountOf(c: Context<AppEnv>): Promise<Account> {
  const settings = settingsOf(c.env);
  const { key } = c.get("caller");
  if (key !== null) {
    return { name: `key:${key.id}`, computeSecondsPerDay: key.computeSecondsPerDay };
  }
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  return {
    name: `address:${await keyedHash(settings.LINK_SECRET, network)}`,
    computeSecondsPerDay: settings.ANONYMOUS_SECONDS_PER_DAY,
  };
}

/** Computes an HMAC-SHA256 under its own label, so it can't be confused with a signed link. */
async function keyedHash(secret: string, network: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`lemons-address-1\n${network}`));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The network of callers whose address is missing or malformed. */
const UNKNOWN = "unknown";

/**
 * Returns the network that counts as one caller: an IPv4 address, or the first 64 bits of an IPv6
 * address, within which every device may choose its own (RFC 4291, 2.5.1).
 *
 * @param address value of `CF-Connecting-IP`, which Cloudflare sets and callers can't
 */
export function networkOf(address: string | undefined): string {
  const text = address?.trim() ?? "";
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text;
  const groups = ipv6Groups(text);
  if (groups === null) return UNKNOWN;
  const isMappedIpv4 = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMappedIpv4) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join(".");
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** Parses an IPv6 address into its eight groups. @returns null if it isn't one */
function ipv6Groups(text: string): number[] | null {
  if (!text.includes(":") || !URL.canParse(`http://[${text}]/`)) return null;
  const [head = "", tail] = new URL(`http://[${text}]/`).hostname.slice(1, -1).split("::");
  const parse = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return parse(head);
  const [left, right] = [parse(head), parse(tail)];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}
