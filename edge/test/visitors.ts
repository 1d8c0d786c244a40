import { env } from "cloudflare:workers";
import { request } from "./request.ts";

/** What a browser says of a request that a page of ours makes. */
export const FROM_HERE = { "Sec-Fetch-Site": "same-origin" } as const;

/** What a browser sends for a visitor, as far as it has been told to. */
export interface TestVisitor {
  /** Of `Set-Cookie`, as it is sent back. */
  cookie: string;
  headers: { Cookie: string; "Sec-Fetch-Site": "same-origin" };
}

/** The visitor that an answer makes of who asked. @throws Error where it makes none */
export function visitorOf(answer: Response): TestVisitor {
  const cookie = answer.headers.get("Set-Cookie")?.split(";")[0];
  if (cookie === undefined) throw new Error("no cookie was set");
  return { cookie, headers: { Cookie: cookie, ...FROM_HERE } };
}

/** Uploads as a page does, without a key. */
export const uploadFromPage = (body: BodyInit, headers: Record<string, string> = {}) =>
  request("/v1/tracks?title=My%20song", {
    method: "POST",
    headers: { ...FROM_HERE, Prefer: "wait=20", ...headers },
    body,
  });

/** How many visitors the database knows. */
export async function visitorsKnown(): Promise<number> {
  const row = await env.DB.prepare(
    "SELECT count(*) AS visitors FROM api_keys WHERE visitor_network IS NOT NULL",
  ).first<{ visitors: number }>();
  return row!.visitors;
}
