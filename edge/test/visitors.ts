import { env } from "cloudflare:workers";
import { TrackDetail } from "@lemons/shared/contract/track";
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
