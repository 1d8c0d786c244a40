import type { Context } from "hono";
import { settingsOf } from "../base/env.ts";
import type { AppEnv } from "./app-env.ts";
import type { Caller } from "./caller.ts";
import { networkOf } from "./network.ts";

/** Whose limits count: a key's, or those of an address. */
export interface Account {
  /** Names the budget and the burst limit. */
  name: string;
  computeSecondsPerDay: number;
}

const encoder = new TextEncoder();

/** The account of whoever asks. Addresses are kept as keyed hashes only. */
export async function accountOf(c: Context<AppEnv>): Promise<Account> {
  const settings = settingsOf(c.env);
  const { key }: Caller = c.get("caller");
  if (key !== null) {
    return { name: `key:${key.id}`, computeSecondsPerDay: key.computeSecondsPerDay };
  }
  const network = networkOf(c.req.header("CF-Connecting-IP"));
  return {
    name: `address:${await keyedHash(settings.LINK_SECRET, network)}`,
    computeSecondsPerDay: settings.ANONYMOUS_SECONDS_PER_DAY,
  };
}

/** HMAC-SHA256 under a label of its own, so that the secret's other use says nothing here. */
async function keyedHash(secret: string, network: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [
    "sign",
  ]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`lemons-address-1\n${network}`));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
