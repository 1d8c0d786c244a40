import { env } from "cloudflare:workers";
import { TrackDetail } from "@lemons/shared/contract/track";
import { request } from "./request.ts";

/** Headers that a browser adds to a request of our own page. */
export const FROM_HERE = { "Sec-Fetch-Site": "same-origin" } as const;

/** A visitor with the cookie that the service has set. */
export interface TestVisitor {
  /** The cookie as the browser returns it. */
  cookie: string;
  headers: { Cookie: string; "Sec-Fetch-Site": "same-origin" };
}

/** Reads the visitor from the response that created it. @throws Error without a cookie */
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

/** Returns the number of visitors in the database. */
export async function visitorsKnown(): Promise<number> {
  const row = await env.DB.prepare(
    "SELECT count(*) AS visitors FROM api_keys WHERE visitor_network IS NOT NULL",
  ).first<{ visitors: number }>();
  return row!.visitors;
}

let songs = 0;

/** Bytes that look like a wav file, different each time. */
export function songBytes(length = 100): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode("RIFFxxxxWAVE"));
  bytes.set(new TextEncoder().encode(`visitor's ${songs++}`), 12);
  return bytes;
}

/** A visitor with a song. */
export async function arrive(
  body: BodyInit = songBytes(),
  headers: Record<string, string> = {},
): Promise<TestVisitor & { track: string }> {
  const response = await uploadFromPage(body, headers);
  const { id } = TrackDetail.parse(await response.json());
  return { ...visitorOf(response), track: id };
}
