import { KeyId } from "@lemons/shared/contract/access";
import type { Context } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { settingsOf } from "../base/env.ts";
import { isSameOrigin } from "../base/http/same-origin.ts";
import type { AppEnv } from "./app-env.ts";
import type { Visitor } from "./caller.ts";

const COOKIE = "lemons-visitor";
const ID_BYTES = 8;

/** How long what a visitor uploads is kept, counted from the last upload. */
export const VISITOR_SECONDS = 24 * 60 * 60;

/** Whether visitors may have songs here at all. */
export const areVisitorUploadsAllowed = (env: Env): boolean =>
  settingsOf(env).VISITOR_UPLOADS === "allowed";

/** A visitor nobody has seen before. What they do is remembered only once they upload something. */
export function newVisitor(now: Date): Visitor {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id, expiresAt: expiryFrom(now) };
}

/** The visitor with as long to stay as one who comes now. */
export const prolonged = ({ id }: Visitor, now: Date): Visitor => ({
  id,
  expiresAt: expiryFrom(now),
});

/** The visitor that a request's cookie names; null where it names none that holds, or comes from elsewhere. */
export async function visitorOf(c: Context<AppEnv>, now: Date): Promise<Visitor | null> {
  if (!areVisitorUploadsAllowed(c.env) || !isSameOrigin(c)) return null;
  const { secret, prefix } = cookieSettings(c.env);
  const value = await getSignedCookie(c, secret, COOKIE, prefix);
  const match = /^([0-9a-f]{16})\.(\d{1,11})$/.exec(value || "");
  if (match === null) return null;
  const expiresAt = new Date(Number(match[2]) * 1000);
  return expiresAt > now ? { id: KeyId.parse(match[1]), expiresAt } : null;
}

/** Has the browser keep who its visitor is: no script can read it, no other site has it sent. */
export async function keepVisitor(c: Context<AppEnv>, { id, expiresAt }: Visitor): Promise<void> {
  const { secret, prefix } = cookieSettings(c.env);
  const value = `${id}.${Math.floor(expiresAt.getTime() / 1000)}`;
  await setSignedCookie(c, COOKIE, value, secret, {
    ...(prefix && { prefix }),
    path: "/",
    httpOnly: true,
    sameSite: "Strict",
    expires: expiresAt,
  });
}

function expiryFrom(now: Date): Date {
  return new Date((Math.floor(now.getTime() / 1000) + VISITOR_SECONDS) * 1000);
}

/** A secret of its own, so that nothing else that is signed with the other one is a visitor. */
function cookieSettings(env: Env): { secret: string; prefix: "host" | undefined } {
  const { LINK_SECRET, PUBLIC_ORIGIN } = settingsOf(env);
  const isSecure = PUBLIC_ORIGIN.startsWith("https:");
  return { secret: `lemons-visitor-1\n${LINK_SECRET}`, prefix: isSecure ? "host" : undefined };
}
