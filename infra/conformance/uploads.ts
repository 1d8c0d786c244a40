import { readFile } from "node:fs/promises";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { Problem } from "@lemons/shared/contract/problem";
import { OEmbed, ShareLink } from "@lemons/shared/contract/sharing";
import { Removal, TrackDetail } from "@lemons/shared/contract/track";
import { beforeAll, expect, it } from "vitest";
import { inRepository } from "../stack/repository.ts";
import { ask, makeKey, post, type Service, statusOf } from "./service.ts";

const SONG = inRepository("gpu-worker", "engine", "audio", "fixtures", "excerpt.mp3");
const EXPLAINED_WITHIN_MS = 120_000;

type Key = { Authorization: string };

/** Repeats a request, as a client does, until the response isn't 202. */
async function settled(again: () => Promise<Response>): Promise<Response> {
  const until = Date.now() + EXPLAINED_WITHIN_MS;
  for (;;) {
    const response = await again();
    if (response.status !== 202 || Date.now() > until) return response;
    await response.arrayBuffer();
  }
}

/** A private upload, from the file to its explanation and its removal. */
export function testUploads(service: Service): void {
  let mine: Key;
  let theirs: Key;
  let song: Uint8Array<ArrayBuffer>;
  let track: TrackDetail;
  let explanation: PublishedExplanation;
  let signed: string;

  const upload = (key: Key, body: BodyInit, headers: Record<string, string> = {}) =>
    ask(service, "/v1/tracks?title=A%20song&artist=Me", {
      method: "POST",
      headers: { Prefer: "wait=20", ...key, ...headers },
      body,
    });
  const as = (key: Key | null, path: string, method = "GET") =>
    ask(service, path, { method, ...(key && { headers: key }) });

  beforeAll(async () => {
    song = new Uint8Array(await readFile(SONG));
    [mine, theirs] = await Promise.all([
      makeKey(service, ["read", "explain", "upload"]),
      makeKey(service, ["read", "explain", "upload"]),
    ]);
  });

  it("design 2, uploads: a file becomes a track with length and waveform", async () => {
    const response = await settled(() => upload(mine, song));
    expect([200, 201]).toContain(response.status);
    track = TrackDetail.parse(await response.json());
    expect(track.seconds).toBeCloseTo(1, 2);
    expect(track.peaks.length).toBe(300);
    expect(response.headers.get("Location")).toBe(`/v1/tracks/${track.id}`);
    const audio = await as(mine, `/v1/tracks/${track.id}/audio`);
    expect(new Uint8Array(await audio.arrayBuffer())).toEqual(song);
    expect(audio.headers.get("Content-Type")).toBe("audio/mpeg");
  }, 150_000);

  it("design 2, uploads: it is explained for any listener, with its score and its sound", async () => {
    const requestId = "conformance-explains-a-song";
    const response = await settled(() =>
      ask(service, "/v1/explanations", {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Prefer: "wait=20",
          "X-Request-Id": requestId,
          ...mine,
        },
        body: JSON.stringify({ listener: "bram", track: track.id, type: "source" }),
      }),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get("Preference-Applied")).toMatch(/^wait=20$/);
    explanation = PublishedExplanation.parse(await response.json());
    expect(explanation.track).toBe(track.id);
    expect(explanation.relevance).toBeGreaterThan(0);
    expect(explanation.components.length).toBe(5);
    const heard = explanation.highlights.filter(({ file }) => file !== null);
    for (const { name } of heard) {
      const audio = await as(mine, `/v1/explanations/${explanation.id}/audio/${name}`);
      expect([name, await statusOf(audio)]).toEqual([name, 200]);
    }
    const log = await readFile(service.stack.worker().logFile, "utf8");
    expect(log, "the request's id is in the gpu-worker's log").toContain(requestId);
  }, 300_000);

  it("OWASP API1: it does not exist for another key, or without a key", async () => {
    const { id } = explanation;
    const paths = [
      `/v1/tracks/${track.id}`,
      `/v1/tracks/${track.id}/audio`,
      `/v1/explanations/${id}`,
      `/v1/explanations/${id}/events`,
      `/v1/explanations/${id}/audio/top-1`,
      `/v1/explanations/${id}/table`,
      `/v1/explanations/${id}/stems/drums`,
      `/v1/jobs/${id}`,
    ];
    for (const path of paths) {
      for (const stranger of [theirs, null]) {
        expect([path, await statusOf(await as(stranger, path))]).toEqual([path, 404]);
      }
    }
    // The id comes from the owner: the page's existence is no secret, its content is.
    for (const path of [`/e/${id}`, `/embed/${id}`, `/e/${id}/picture.png`]) {
      expect([path, await statusOf(await as(theirs, path))]).toEqual([path, 401]);
    }
    const removal = await as(theirs, `/v1/tracks/${track.id}`, "DELETE");
    expect(await statusOf(removal)).toBe(404);
  });

  it("oEmbed 1.0, 2.3.4: a private page is 401, a signed link of its owner is answered with that link", async () => {
    const { origin } = service.stack;
    const { id } = explanation;
    const oembed = (url: string) => ask(service, `/oembed?url=${encodeURIComponent(url)}`);
    expect(await statusOf(await oembed(`${origin}/e/${id}`))).toBe(401);
    const made = await post(
      service,
      `/v1/explanations/${id}/links`,
      { lifetimeSeconds: 600 },
      mine,
    );
    expect(made.status).toBe(201);
    const link = ShareLink.parse(await made.json());
    const answer = OEmbed.parse(await (await oembed(link.page)).json());
    expect(answer.cache_age).toBeLessThanOrEqual(600);
    expect(answer.html).toContain(link.query.replace("&", "&amp;"));
    for (const path of [
      `/embed/${id}?${link.query}`,
      `/v1/explanations/${id}/table?${link.query}`,
      `/v1/explanations/${id}/stems/drums?${link.query}`,
      `/v1/tracks/${track.id}/audio?explanation=${id}&${link.query}`,
    ]) {
      expect([path, await statusOf(await as(null, path))]).toEqual([path, 200]);
    }
    expect(await statusOf(await as(null, `/v1/tracks/${track.id}?${link.query}`))).toBe(404);
    signed = `/embed/${id}?${link.query}`;
  });

  it("RFC 9111, 5.2.2: private responses are stored by no cache, public ones by any", async () => {
    for (const path of [`/v1/tracks/${track.id}`, `/v1/explanations/${explanation.id}`]) {
      const response = await as(mine, path);
      await response.arrayBuffer();
      expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    }
    const audio = await as(null, "/v1/tracks/enigma-rag/audio", "HEAD");
    expect(audio.headers.get("Cache-Control")).toMatch(/^public, max-age=\d+$/);
  });

  it("Idempotency-Key draft: a repeated request gets the same response, a different one is refused", async () => {
    const key = { "Idempotency-Key": '"conformance-1"' };
    const first = await settled(() => upload(mine, song, key));
    const second = await settled(() => upload(mine, song, key));
    const ids = [await first.json(), await second.json()].map((body) => (body as TrackDetail).id);
    expect(ids).toEqual([track.id, track.id]);
    const other = new Uint8Array(await readFile(SONG.replace(".mp3", ".flac")));
    expect(await statusOf(await upload(mine, other, key))).toBe(422);
  }, 150_000);

  it("RFC 9110, 15.5.16: audio declared as a form is refused with the right media type named", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const response = await upload(mine, song, form);
    expect(response.status).toBe(415);
    const { type, detail } = Problem.parse(await response.json());
    expect([type, detail]).toEqual([
      "/problems/unsupported-media-type",
      expect.stringContaining("audio/*"),
    ]);
  });

  it("OWASP API4: other files, damaged ones and those over the storage limit are refused", async () => {
    expect(await statusOf(await upload(mine, "<html></html>"))).toBe(415);
    const damaged = await settled(() => upload(mine, song.slice(0, 2000)));
    expect(await statusOf(damaged)).toBe(422);
    const small = await makeKey(service, ["upload"], ["--storage-bytes", "1000"]);
    expect(await statusOf(await upload(small, song))).toBe(403);
  }, 150_000);

  it("design 8: removal deletes everything and lists it", async () => {
    const response = await as(mine, `/v1/tracks/${track.id}`, "DELETE");
    const { removed } = Removal.parse(await response.json());
    expect(removed).toMatchObject({ audio: true, explanations: 1 });
    for (const path of [`/v1/tracks/${track.id}`, `/v1/explanations/${explanation.id}`, signed]) {
      expect([path, await statusOf(await as(mine, path))]).toEqual([path, 404]);
    }
  });
}
