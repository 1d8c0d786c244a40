import { env } from "cloudflare:workers";
import { TrackDetail, TrackPage } from "@lemons/shared/contract/track";
import { beforeAll, describe, expect, it } from "vitest";
import { AUDIO_BYTES, seed } from "../../test/catalogue.ts";
import { allPages, problemOf, request } from "../../test/request.ts";

beforeAll(() => seed());

const AUDIO = "/v1/tracks/alpha/audio";
const audio = (headers: HeadersInit = {}, method = "GET") => request(AUDIO, { method, headers });

describe("GET /v1/tracks", () => {
  it("pages through the whole catalogue without gap or repetition", async () => {
    const pages = await allPages(async (cursor) => {
      const query = cursor === null ? "" : `&cursor=${cursor}`;
      const response = await request(`/v1/tracks?limit=2${query}`);
      return TrackPage.parse(await response.json());
    });
    const ids = pages.flatMap(({ tracks }) => tracks.map(({ id }) => id));
    expect(ids).toEqual(["alpha", "bravo", "charlie", "delta", "stemmed"]);
  });

  it.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=many", "limit"],
    ["limit=1.5", "limit"],
    ["limit=1&limit=2", "limit"],
    ["cursor=***", "cursor"],
    ["cursor=bm90IGpzb24", "cursor"],
    ["offset=3", "offset"],
  ])("refuses ?%s", async (query, field) => {
    const problem = await problemOf(await request(`/v1/tracks?${query}`));
    expect(problem).toMatchObject({ status: 400, fields: [field] });
  });
});

describe("GET /v1/tracks/{track}", () => {
  it("returns author, licence, changes, origin and true stems", async () => {
    const track = TrackDetail.parse(await (await request("/v1/tracks/stemmed")).json());
    expect(track).toMatchObject({
      artist: "Robert'); DROP TABLE tracks;--",
      licence: "CC0-1.0",
      changes: "none",
      origin: "music-of-tests, music-of-tests_1_all.deb",
      stems: ["vocals", "drums"],
    });
  });

  it("returns 404 for an unknown track", async () => {
    const problem = await problemOf(await request("/v1/tracks/omega"));
    expect(problem).toMatchObject({ status: 404, type: "/problems/unknown-track" });
  });
});

describe("GET /v1/tracks/{track}/audio (RFC 9110, sections 13 and 14)", () => {
  it("sends the whole file", async () => {
    const response = await audio();
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("audio/ogg");
    expect(response.headers.get("Accept-Ranges")).toBe("bytes");
    expect(await response.bytes()).toEqual(AUDIO_BYTES);
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=0-99", 0, 100],
    ["bytes=990-", 990, 1000],
    ["bytes=-10", 990, 1000],
    ["bytes=-5000", 0, 1000],
    ["bytes=500-99999", 500, 1000],
    ["bytes=500-9007199254740993", 500, 1000],
    ["bytes=0-99999999999999999999999999", 0, 1000],
    ["Bytes = 1-2", 1, 3],
  ])("sends %s as 206", async (range, start, end) => {
    const response = await audio({ Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(`bytes ${start}-${end - 1}/1000`);
    expect(await response.bytes()).toEqual(AUDIO_BYTES.slice(start, end));
  });

  it.each([
    "bytes=1000-",
    "bytes=-0",
    "bytes=5-4",
    "bytes=-",
    "bytes=a-b",
    "bytes=9007199254740993-",
  ])("returns 416 with the size for %s", async (range) => {
    const response = await audio({ Range: range });
    expect(response.headers.get("Content-Range")).toBe("bytes */1000");
    expect(await problemOf(response)).toMatchObject({ status: 416 });
  });

  it.each(["seconds=0-5", "bytes=0-1,5-6", "bytes=0-1, -5,990-"])(
    "sends the whole file for %s, an unknown unit or several ranges",
    async (range) => {
      const response = await audio({ Range: range });
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Range")).toBeNull();
      expect(await response.bytes()).toEqual(AUDIO_BYTES);
    },
  );

  it("returns 304 for a current copy", async () => {
    const first = await audio({}, "HEAD");
    const etag = first.headers.get("ETag")!;
    for (const tag of [etag, `"x", ${etag}`, `W/${etag}`, "*"]) {
      const response = await audio({ "If-None-Match": tag, Range: "bytes=0-1" });
      expect(response.status).toBe(304);
    }
    const other = await audio({ "If-None-Match": '"other"' });
    expect(other.status).toBe(200);
    await other.bytes();
  });

  it("returns 304 for a copy that is as new as the stored file", async () => {
    const stored = (await audio({}, "HEAD")).headers.get("Last-Modified")!;
    const before = new Date(Date.parse(stored) - 1000).toUTCString();
    expect((await audio({ "If-Modified-Since": stored })).status).toBe(304);
    const other = { "If-Modified-Since": stored, "If-None-Match": '"other"' };
    for (const headers of [{ "If-Modified-Since": before }, { "If-Modified-Since": "?" }, other]) {
      const response = await audio(headers);
      expect(response.status).toBe(200);
      await response.bytes();
    }
  });

  it("sends the range only if If-Range matches", async () => {
    const head = await audio({}, "HEAD");
    const range = { Range: "bytes=0-9" };
    const holding = [head.headers.get("ETag")!, head.headers.get("Last-Modified")!];
    for (const ifRange of holding) {
      const response = await audio({ ...range, "If-Range": ifRange });
      expect(response.status).toBe(206);
      await response.bytes();
    }
    const gone = [`W/${holding[0]}`, '"other"', "Sat, 01 Jan 2000 00:00:00 GMT"];
    for (const ifRange of gone) {
      const response = await audio({ ...range, "If-Range": ifRange });
      expect(response.status).toBe(200);
      await response.bytes();
    }
  });

  it("returns the headers of the whole file to HEAD", async () => {
    const response = await audio({ Range: "bytes=0-9" }, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Length")).toBe("1000");
    expect((await response.bytes()).length).toBe(0);
  });

  it("returns 404 if the catalogue's file isn't stored", async () => {
    await env.BUCKET.delete(`audio/${"b".repeat(64)}`);
    const problem = await problemOf(await request("/v1/tracks/bravo/audio"));
    expect(problem).toMatchObject({ status: 404, type: "/problems/missing-object" });
  });
});
