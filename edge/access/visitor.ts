import { KeyId } from "@lemons/shared/contract/access";
import type { Context } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { settingsOf } from "../base/env.ts";
import { isSameOrigin } from "../base/http/same-origin.ts";
import type { AppEnv } from "./app-env.ts";
import type { Visitor } from "./caller.ts";

const COOKIE = "lemons-visitor";
const ID_BYTES = 8;

/** Seconds that a visitor's uploads are kept, counted from the last upload. */
export const VISITOR_SECONDS = 24 * 60 * 60;

/** Returns true if visitors may upload songs. */
export const areVisitorUploadsAllowed = (env: Env): boolean =>
  settingsOf(env).VISITOR_UPLOADS === "allowed";

/** Creates a visitor. The database learns of it with its first upload. */
export function newVisitor(now: Date): Visitor {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id: KeyId.parse(id), expiresAt: expiryFrom(now) };
}

/** Returns the visitor with the full time to stay, counted from now. */
export const renewVisitor = ({ id }: Visitor, now: Date): Visitor => ({
  id,
  expiresAt: expiryFrom(now),
});

/**
 * Reads the visitor from a request's cookie.
 *
 * @returns null without a valid cookie, and for requests from other sites' pages
 */
export async function readVisitor(c: Context<AppEnv>, now: Date): Promise<Visitor | null> {
  if (!areVisitorUploadsAllowed(c.env) || !isSameOrigin(c)) return null;
  const { secret, prefix } = cookieSettings(c.env);
  const value = await getSignedCookie(c, secret, COOKIE, prefix);
  const match = /^([0-9a-f]{16})\.(\d{1,11})$/.exec(value || "");
  if (match === null) return null;
  const expiresAt = new Date(Number(match[2]) * 1000);
  return expiresAt > now ? { id: KeyId.parse(match[1]), expiresAt } : null;
}

/** Sets the visitor's cookie: no script can read it, and browsers don't send it for other sites. */
export async function setVisitorCookie(
  c: Context<AppEnv>,
  { id, expiresAt }: Visitor,
): Promise<void> {
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

/** Derives a separate secret, so that nothing else signed with LINK_SECRET passes as a visitor. */
function cookieSettings(env: Env): { secret: string; prefix: "host" | undefined } {
  const { LINK_SECRET, PUBLIC_ORIGIN } = settingsOf(env);
  const isSecure = PUBLIC_ORIGIN.startsWith("https:");
  return { secret: `lemons-visitor-1\n${LINK_SECRET}`, prefix: isSecure ? "host" : undefined };
}
