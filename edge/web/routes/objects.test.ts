import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { settingsOf } from "../../base/env.ts";
import { AUDIO_BYTES, ENCODER, seed } from "../../test/catalogue.ts";
import { problemOf, request } from "../../test/request.ts";
import { type LinkGrant, signLink } from "../../worker/object-link.ts";

const AUDIO_KEY = `audio/${"a".repeat(64)}`;
const ID = `${"1".repeat(32)}-${"2".repeat(32)}`;
const HIGHLIGHT_KEY = `explanations/${ID}/top-1.mp3`;
const MP3 = Uint8Array.from([115, 111, 117, 110, 100]);

const sign = (grant: Partial<LinkGrant>) =>
  signLink(settingsOf(env), {
    method: "GET",
    key: AUDIO_KEY,
    expiresAt: new Date(Date.now() + 60_000),
    ...grant,
  });

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(digest)))}:`;
}

async function put(url: string, change: Record<string, string | null> = {}, body = MP3) {
  const headers = new Headers({
    "Content-Length": String(body.length),
    "Content-Digest": await digestOf(MP3),
  });
  for (const [name, value] of Object.entries(change)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return request(url, { method: "PUT", headers, body });
}

beforeAll(() => seed());

describe("GET by signed link", () => {
  it("sends the bytes, and keeps them out of caches and other origins", async () => {
    const response = await request(await sign({}));
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    expect(response.headers.has("Access-Control-Allow-Origin")).toBe(false);
    expect(await response.bytes()).toEqual(AUDIO_BYTES);
  });

  it("sends true stems and model graphs", async () => {
    const keys = [
      `stems/${"f".repeat(64)}/stems/drums`,
      `models/model-zoe/${"7".repeat(64)}/model.onnx`,
      `encoders/${ENCODER}/encoder.onnx`,
    ];
    for (const key of keys) {
      const response = await request(await sign({ key }));
      expect(response.status).toBe(200);
      await response.bytes();
    }
  });

  const forgeries: [string, (url: URL) => void][] = [
    ["without a signature", (url) => url.searchParams.delete("signature")],
    ["without an expiry", (url) => url.searchParams.delete("expires")],
    [
      "with a signature of another object",
      (url) => url.searchParams.set("signature", "A".repeat(43)),
    ],
    ["with a malformed signature", (url) => url.searchParams.set("signature", "!")],
    ["with a later expiry", (url) => url.searchParams.set("expires", "9999999999")],
    ["with a malformed expiry", (url) => url.searchParams.set("expires", "1e9")],
    [
      "for another object",
      (url) => {
        url.pathname = `/objects/audio/${"b".repeat(64)}`;
      },
    ],
  ];
  it.each(forgeries)("is refused %s", async (_what, forge) => {
    const url = new URL(await sign({}));
    forge(url);
    const problem = await problemOf(await request(url.href));
    expect(problem).toMatchObject({ status: 403, type: "/problems/link-refused" });
  });

  it("is refused once it has expired", async () => {
    const problem = await problemOf(
      await request(await sign({ expiresAt: new Date(Date.now() - 1000) })),
    );
    expect(problem).toMatchObject({ status: 403, detail: "The link has expired." });
  });

  it("is refused with a method that it wasn't signed for", async () => {
    const read = await sign({ key: HIGHLIGHT_KEY });
    expect(await problemOf(await put(read))).toMatchObject({ status: 403 });
    const written = await sign({ method: "PUT" });
    expect(await problemOf(await request(written))).toMatchObject({ status: 403 });
  });

  it("never opens explanations, even with a valid signature", async () => {
    const url = await sign({ key: `explanations/${ID}/question.json` });
    expect(await problemOf(await request(url))).toMatchObject({ status: 403 });
  });
});

describe("PUT by signed link", () => {
  const link = (key = HIGHLIGHT_KEY) => sign({ method: "PUT", key });

  it("stores a highlight that matches its digest", async () => {
    const response = await put(await link());
    expect(response.status).toBe(204);
    const stored = await env.BUCKET.get(HIGHLIGHT_KEY);
    expect(await stored?.bytes()).toEqual(MP3);
    expect(stored?.httpMetadata?.contentType).toBe("audio/mpeg");
  });

  it.each([
    [
      "bytes that don't match the digest",
      { "Content-Digest": `sha-256=:${"A".repeat(43)}=:` },
      400,
    ],
    ["no digest", { "Content-Digest": null }, 400],
    ["a digest of another kind", { "Content-Digest": "md5=:AAAA:" }, 400],
    ["too many bytes", { "Content-Length": String(8 * 1024 * 1024 + 1) }, 413],
    ["no length", { "Content-Length": null, "Transfer-Encoding": "chunked" }, 411],
  ])("refuses %s and stores nothing", async (_what, headers, status) => {
    const key = `explanations/${ID.replaceAll("1", "3")}/top-3.mp3`;
    expect(await problemOf(await put(await link(key), headers))).toMatchObject({ status });
    expect(await env.BUCKET.head(key)).toBeNull();
  });

  it.each([
    `explanations/${ID}/explanation.json`,
    `explanations/${ID}/top-2.mp3`,
    "explanations/x/top-1.mp3",
    `tables/${"5".repeat(32)}.json`,
    "tables/x.bin",
    AUDIO_KEY,
    `models/model-zoe/${"7".repeat(64)}/model.onnx`,
  ])("never stores %s, even with a valid signature", async (key) => {
    expect(await problemOf(await put(await link(key)))).toMatchObject({ status: 403 });
  });

  it("adds missing audio to a finished explanation, and never replaces it", async () => {
    const id = ID.replaceAll("1", "4");
    const key = `explanations/${id}/top-1.mp3`;
    await env.BUCKET.put(`explanations/${id}/explanation.json`, "{}");
    expect((await put(await link(key))).status).toBe(204);
    const other = Uint8Array.of(1, 2, 3);
    const late = await put(await link(key), { "Content-Digest": await digestOf(other) }, other);
    expect(await problemOf(late)).toMatchObject({ status: 409 });
    expect(await (await env.BUCKET.get(key))?.bytes()).toEqual(MP3);
  });

  it("stores a rendered source once, and never beside the true stems", async () => {
    const sound = "5e".repeat(32);
    const key = `stems/${sound}/dsp-1/drums.mp3`;
    expect((await put(await link(key))).status).toBe(204);
    expect((await env.BUCKET.head(key))?.httpMetadata?.contentType).toBe("audio/mpeg");
    expect(await problemOf(await put(await link(key)))).toMatchObject({ status: 409 });
    for (const wrong of [`stems/${sound}/stems/drums`, `stems/${sound}/dsp-1/..%2Fx.mp3`]) {
      expect(await problemOf(await put(await link(wrong)))).toMatchObject({ status: 403 });
    }
  });

  it("stores a table of up to 32 MiB until its record exists", async () => {
    const id = "5".repeat(32);
    const key = `tables/${id}.bin`;
    const large = { "Content-Length": String(32 * 1024 * 1024 + 1) };
    expect(await problemOf(await put(await link(key), large))).toMatchObject({ status: 413 });
    expect((await put(await link(key))).status).toBe(204);
    expect((await put(await link(key))).status).toBe(204);
    expect((await env.BUCKET.head(key))?.httpMetadata?.contentType).toBe(
      "application/octet-stream",
    );
    await env.BUCKET.put(`tables/${id}.json`, "{}");
    expect(await problemOf(await put(await link(key)))).toMatchObject({ status: 409 });
  });
});
